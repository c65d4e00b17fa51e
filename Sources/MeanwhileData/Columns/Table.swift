/// What a query answers: named, typed columns, and their rows in pages.
public struct Table: Sendable {
  public struct Field: Sendable, Hashable {
    public var name: String
    public var type: DataType
    /// For ``DataType/unsupported`` columns: the mapping types behind them, sorted.
    public var originalTypes: [String]

    public init(name: String, type: DataType, originalTypes: [String] = []) {
      self.name = name
      self.type = type
      self.originalTypes = originalTypes
    }
  }

  public var fields: [Field]
  public var pages: [Page]

  public init(fields: [Field], pages: [Page] = []) {
    self.fields = fields
    self.pages = pages
  }

  public var rowCount: Int { pages.reduce(0) { $0 + $1.rowCount } }
}
