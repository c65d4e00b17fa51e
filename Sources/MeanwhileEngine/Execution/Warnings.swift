import Synchronization

/// Collects a query's warnings: each text once, in order of first appearance, and for failures of evaluation a summary and at most 20 details a place.
public final class Warnings: Sendable {
  private struct Collected {
    var texts: [String] = []
    var seen: Set<String> = []
    var detailCounts: [Expression.Origin: Int] = [:]
  }

  private let collected = Mutex(Collected())
  /// Details a place (Elasticsearch's limit).
  public static let detailsMax = 20

  public init() {}

  public func add(_ text: String) {
    collected.withLock { collected in
      if collected.seen.insert(text).inserted { collected.texts.append(text) }
    }
  }

  /// Evaluation failed in a row, whose result is null.
  ///
  /// - Parameters:
  ///   - detail: such as `java.lang.ArithmeticException: / by zero`, the class being part of the wire format.
  ///   - result: what the failure is taken for.
  public func evaluationFailed(at origin: Expression.Origin, detail: String, result: String = "null") {
    collected.withLock { collected in
      let count = collected.detailCounts[origin, default: 0]
      guard count < Self.detailsMax else { return }
      // A detail that repeats counts too: what is limited is failures, not texts.
      collected.detailCounts[origin] = count + 1
      let place = "Line \(origin.line):\(origin.column): "
      let summary =
        "\(place)evaluation of [\(origin.text)] failed, treating result as \(result). Only first \(Self.detailsMax) failures recorded."
      if collected.seen.insert(summary).inserted { collected.texts.append(summary) }
      if collected.seen.insert(place + detail).inserted { collected.texts.append(place + detail) }
    }
  }

  public var texts: [String] { collected.withLock { $0.texts } }
}
