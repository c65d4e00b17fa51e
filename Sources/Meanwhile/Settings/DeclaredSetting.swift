/// A setting whatever its type: what a service knows of each setting that its parts declare.
///
/// There is one implementation, ``Setting``; this is what a list of them is made of.
public protocol DeclaredSetting: Sendable {
  /// Parts between dots, such as `esql.query.result_truncation_max_size`.
  var name: String { get }
  /// One sentence for the generated reference.
  var summary: String { get }
  /// The value while nobody has set it.
  var erasedDefault: any Sendable { get }
  /// ``erasedDefault`` as an operator would write it.
  var defaultText: String { get }

  /// Reads a value as an operator writes it.
  ///
  /// - Throws: a 400 that names the setting, the value and what would be right.
  func parseErased(_ text: String) throws(APIError) -> any Sendable
}
