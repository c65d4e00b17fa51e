import MeanwhileData

extension Plan {
  /// Columns that are cut out of a text.
  public struct Extraction: Sendable {
    public var text: Expression
    public var extractor: TextExtractor
    /// A column for each of the extractor's fields, in their order.
    public var outputs: [Attribute]
    /// Where in the query it stands; warnings quote it.
    public var origin: Expression.Origin

    public init(_ text: Expression, _ extractor: TextExtractor, outputs: [Attribute], origin: Expression.Origin = .none) {
      self.text = text
      self.extractor = extractor
      self.outputs = outputs
      self.origin = origin
    }
  }
}
