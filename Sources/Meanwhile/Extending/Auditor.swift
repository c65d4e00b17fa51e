/// Is told of every request that security refused. Must return at once.
///
/// Shipped implementation: `SecurityAuditLog`, in the plugin `Security`.
public protocol Auditor: Sendable {
  func record(_ denial: Denial)
}

/// A request that was answered with 401 or 403. Holds no secret: neither headers nor a body, nor the query string.
public struct Denial: Sendable {
  public var at: Timestamp
  public var method: EndpointRequest.Method
  /// Without the query string.
  public var path: String
  /// 401 or 403.
  public var status: Int
  /// Who asked; nil where that is what was refused.
  public var principal: Principal?
  /// Where the request came from (``EndpointRequest/clientAddress``).
  public var clientAddress: String?
  /// What the client was told.
  public var reason: String
  /// The client's `X-Opaque-Id`.
  public var opaqueID: String?

  public init(
    at: Timestamp, method: EndpointRequest.Method, path: String, status: Int, principal: Principal?, clientAddress: String? = nil,
    reason: String, opaqueID: String?
  ) {
    self.at = at
    self.method = method
    self.path = path
    self.status = status
    self.principal = principal
    self.clientAddress = clientAddress
    self.reason = reason
    self.opaqueID = opaqueID
  }
}
