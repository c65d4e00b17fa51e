import MeanwhileData
import MeanwhileEngine

/// An EQL query that has been read, resolved and planned.
public struct EQLPreparedQuery: Sendable {
  var request: EQLRequest
  /// Concrete names, sorted.
  var targets: [IndexResolver.Target]
  var kind: Kind
  /// What the results go through, in order. Where the query has no pipe, the request's size and position make one.
  var pipes: [EQLPipe]
  /// The fields that conditions and keys read.
  var columns: [Plan.Scan.Column]
  /// What expressions are made from, for those that a run adds.
  var registry: FunctionRegistry
  /// What the request's `fields` stand for.
  var fetchedFields: [FetchedField]

  enum Kind: Sendable {
    case events(condition: Expression, order: TimeOrder)
    case sequence(SequencePlan, order: TimeOrder)
    case sample([TermPlan])
  }

  /// What puts events in order.
  struct TimeOrder: Sendable {
    var timestamp: Attribute
    var tiebreaker: Attribute?
  }

  /// A sequence: its distinct terms, and which of them each stage is.
  struct SequencePlan: Sendable {
    var terms: [TermPlan]
    /// Indices into ``terms``.
    var stages: [Int]
    var isMissing: [Bool]
    /// Index into ``terms``.
    var until: Int?
    var maxSpanMillis: Int64?
  }

  struct TermPlan: Sendable {
    var condition: Expression
    var keys: [Key]

    struct Key: Sendable {
      /// Nil for an optional field that no index has.
      var attribute: Attribute?
      var isOptional: Bool
    }
  }

  /// A field that the client wants beside the source.
  struct FetchedField: Sendable, Hashable {
    var name: String
    var path: String
    var type: DataType
    /// How dates are written.
    var dateFormat: String?
  }
}
