/// A whole query: what is looked for, and the pipes behind it.
struct EQLStatement: Sendable, Hashable {
  var query: EQLQuery
  var pipes: [EQLPipe]
  /// The query's UTF-8, for the source text that error messages quote.
  var text: [UInt8]

  /// The text that a piece of the query was read from.
  func text(of source: Source) -> String {
    guard source.bytes.upperBound <= text.count else { return "" }
    return String(decoding: text[source.bytes], as: UTF8.self)
  }
}

/// The three kinds of EQL query.
enum EQLQuery: Sendable, Hashable {
  /// `process where …`: single events.
  case events(EventFilter)
  /// `sequence by … […] […]`: events that follow each other in time.
  case sequence(SequenceQuery)
  /// `sample by … […] […]`: events that share key values, in no order.
  case sample(SampleQuery)
}

/// `category where condition`.
struct EventFilter: Sendable, Hashable {
  /// The value that the event category field must have; nil for `any`.
  var category: String?
  var categorySource: Source
  var condition: EQLExpression
}

/// `sequence by keys with maxspan=… [filter] by keys with runs=N … until [filter] by keys`.
struct SequenceQuery: Sendable, Hashable {
  /// Every term in order, each as often as its `runs` says.
  var terms: [EventTerm]
  /// What drops a sequence that is in flight.
  var until: EventTerm?
  /// The longest time from the first to the last event; nil without `maxspan`.
  var maxSpanMillis: Int64?
  var source: Source
}

/// `sample by keys [filter] by keys …`.
struct SampleQuery: Sendable, Hashable {
  var terms: [EventTerm]
  var source: Source
}

/// One bracketed filter of a sequence or sample.
struct EventTerm: Sendable, Hashable {
  var filter: EventFilter
  /// The keys shared by the whole query, then the term's own; every term has as many.
  var keys: [EQLField]
  /// `![…]`: no such event may be there.
  var isMissing: Bool
  var source: Source
}

/// `| head 3`, `| tail 3`.
struct EQLPipe: Sendable, Hashable {
  enum Kind: String, Sendable { case head, tail }

  var kind: Kind
  var count: Int
  var source: Source

  /// The part of a list of results that the pipe lets through.
  func apply<Element>(to results: [Element]) -> [Element] {
    switch kind {
    case .head: Array(results.prefix(count))
    case .tail: Array(results.suffix(count))
    }
  }
}
