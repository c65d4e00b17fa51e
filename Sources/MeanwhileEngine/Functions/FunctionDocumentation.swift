/// What the generated reference says about a function, and what its examples prove.
public struct FunctionDocumentation: Sendable, Hashable {
  public enum Category: String, Sendable, Hashable, CaseIterable {
    case operators, string, math, date, conditional, conversion, multiValue, ip, search, aggregate, grouping, eql
  }

  public struct Example: Sendable, Hashable {
    /// An ES|QL query that begins with ROW.
    public var query: String
    /// The cells of its one row, as TXT prints them, joined by `|`.
    public var result: String

    public init(_ query: String, _ result: String) {
      self.query = query
      self.result = result
    }
  }

  public var category: Category
  /// Such as `SUBSTRING(string, start, [length])`.
  public var syntax: String
  public var summary: String
  /// Whether a null argument makes the result null.
  public var propagatesNull: Bool
  public var examples: [Example]

  public init(category: Category, syntax: String, summary: String, propagatesNull: Bool = true, examples: [Example] = []) {
    self.category = category
    self.syntax = syntax
    self.summary = summary
    self.propagatesNull = propagatesNull
    self.examples = examples
  }
}
