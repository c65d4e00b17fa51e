import Meanwhile
import MeanwhileData
import MeanwhileEngine

/// What a client asks of EQL: the body and the parameters of `_eql/search`, checked.
struct EQLRequest: Sendable {
  /// As the path names them: `logs-*,-logs-old`.
  var indices: String
  var query = ""
  /// A condition in Query DSL, besides the query.
  var filter: SearchQuery?
  var timestampField = "@timestamp"
  var eventCategoryField = "event.category"
  var tiebreakerField: String?
  /// The most events, sequences or samples that are answered, where no pipe says otherwise.
  var size = 10
  /// Taken and checked. All events are read in one go here, so it has no effect.
  var fetchSize = 1_000
  var resultPosition = ResultPosition.tail
  var fields: [FieldRequest] = []
  /// The most samples for one combination of key values.
  var samplesPerKeyMax = 1
  var submission = Submission()
  /// A name that does not exist is left out, unless the URL says otherwise.
  var indicesOptions = IndexResolver.Options()

  /// Which end of the results counts.
  enum ResultPosition: String, Sendable { case head, tail }

  /// A field to be given beside the source, by name or pattern.
  struct FieldRequest: Sendable, Hashable {
    var name: String
    var format: String?
  }

  /// What concerns the task.
  struct Submission: Sendable, Hashable {
    /// Nil: a synchronous search.
    var wait: TimeValue?
    var keepAlive = TimeValue.days(5)
    var keepOnCompletion = false

    /// A wait that is given, and not negative, makes the search asynchronous.
    var isAsynchronous: Bool { wait.map { $0 >= .zero } ?? false }
  }

  /// The parameters of the URL, besides the common ones.
  static let parameters =
    IndexResolver.Options.parameterNames + [
      "allow_partial_search_results", "allow_partial_sequence_results", "ccs_minimize_roundtrips", "keep_alive", "keep_on_completion",
      "wait_for_completion_timeout",
    ]
}
