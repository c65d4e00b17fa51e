/// What ``FunctionRegistry`` calls the operators that languages write as words. Comparison and arithmetic go by their signs: `==` `!=` `<` `<=` `>` `>=`
/// `+` `-` `*` `/` `%`.
public enum OperatorName {
  /// `-x`.
  public static let negate = "neg"
  public static let not = "not"
  /// Two arguments.
  public static let and = "and"
  /// Two arguments.
  public static let or = "or"
  public static let isNull = "is_null"
  public static let isNotNull = "is_not_null"
  /// The value, then what it may equal.
  public static let isIn = "in"
  /// A value and a constant pattern with `*` and `?`.
  public static let like = "like"
  /// A value and a constant regular expression.
  public static let rlike = "rlike"
  /// A number between 0 and 1, another for each row: what `SAMPLE` compares with its probability.
  public static let random = "random_number"
  /// A document's source and the constant path of a field: its values as keywords.
  public static let sourceField = "source_field"
  /// A field and a constant query: ES|QL's `field : query`.
  public static let match = "match_operator"
}
