#if Security
import Meanwhile

/// Writes a line of JSON for each request that was refused, with Elasticsearch's names for what it says. Never a credential, a body or a query string.
///
/// Lines are written one after another by a task of their own. Where that takes too long, the oldest that wait are left out.
public final class SecurityAuditLog: Auditor {
  private static let linesMax = 10_000

  private let lines: AsyncStream<Denial>.Continuation

  /// - Parameter write: takes a line, without its end.
  public init(_ write: @escaping @Sendable (String) -> Void) {
    let (denials, lines) = AsyncStream<Denial>.makeStream(bufferingPolicy: .bufferingNewest(Self.linesMax))
    self.lines = lines
    Task {
      for await denial in denials { write(Self.line(of: denial)) }
    }
  }

  deinit { lines.finish() }

  public func record(_ denial: Denial) { lines.yield(denial) }

  private static func line(of denial: Denial) -> String {
    var object: JSONObject = [
      "type": "audit", "timestamp_millis": .integer(denial.at.milliseconds), "event.type": "rest",
      "event.action": denial.status == 401 ? "authentication_failed" : "access_denied", "request.method": .string(denial.method.rawValue),
      "url.path": .string(denial.path), "status": .integer(Int64(denial.status)), "reason": .string(denial.reason),
    ]
    object["origin.address"] = denial.clientAddress.map { .string($0) }
    object["user.name"] = denial.principal.map { .string($0.username) }
    object["user.realm"] = denial.principal.map { .string($0.realm) }
    object["apikey.id"] = denial.principal?.apiKeyID.map { .string($0) }
    object["opaque_id"] = denial.opaqueID.map { .string($0) }
    return JSONValue.object(object).text()
  }
}
#endif
