import MeanwhileEngine

/// A planned query, ready to run.
public struct ESQLQuery: Sendable {
  /// The query's text.
  public let text: String
  let plan: Plan
  let settings: QuerySettings
  /// What planning warned of; running adds to it.
  let warnings: Warnings
  /// The request's body, whose asynchronous fields the dialect reads.
  let request: ESQLRequest
  let presentation: ESQLOutput.Presentation
}
