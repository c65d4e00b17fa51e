import MeanwhileData

extension Plan {
  /// Columns that are computed from all rows at once, in their order: a row's rank, the point at which a series changes, the category of a text.
  public struct Window: Sendable {
    /// What profiles and printed plans call it.
    public var name: String
    /// The columns that it reads.
    public var inputs: [Attribute]
    /// The columns that it adds.
    public var outputs: [Attribute]
    /// Where in the query it stands; warnings quote it.
    public var origin: Expression.Origin
    /// Gives the outputs' columns, from the inputs' over all rows.
    public var compute: @Sendable (_ columns: [Column], _ frame: EvaluationFrame) throws -> [Column]

    public init(
      _ name: String, inputs: [Attribute], outputs: [Attribute], origin: Expression.Origin,
      compute: @escaping @Sendable (_ columns: [Column], _ frame: EvaluationFrame) throws -> [Column]
    ) {
      self.name = name
      self.inputs = inputs
      self.outputs = outputs
      self.origin = origin
      self.compute = compute
    }
  }
}
