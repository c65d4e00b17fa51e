#if Security
import Foundation
import JWTKit
import Meanwhile

/// Takes JSON web tokens (RFC 7519) of one issuer, for this server, signed with one of the issuer's keys.
///
/// `jwt.json`:
///
/// | Member | Means | Default |
/// | --- | --- | --- |
/// | `issuer` | what `iss` must be | required |
/// | `audience` | what `aud` must have one of: a text, or several | required |
/// | `realm` | the name of the realm of those who come with such tokens | `jwt` |
/// | `principal_claim` | the claim with the name | `sub` |
/// | `roles_claim` | the claim with the roles' names | `roles` |
/// | `roles` | roles of everybody who comes with such a token, beside those of the claim | none |
/// | `algorithms` | how tokens may be signed | every asymmetric one that the keys are for |
///
/// `jwks.json` has the issuer's public keys (RFC 7517), each with its `kid`.
struct JWTRealm: Sendable {
  let name: String
  private let issuer: String
  private let audience: Set<String>
  private let principalClaim: String
  private let rolesClaim: String
  private let roles: [String]
  private let algorithms: Set<String>
  private let keys: JWTKeyCollection

  /// How far the issuer's clock and ours may be apart.
  private static let clockSkewMillis: Int64 = 60_000
  private static let asymmetric: Set<String> = [
    "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA",
  ]

  /// - Parameter keys: what `jwks.json` has.
  /// - Throws: ``SecurityError`` where something is missing.
  init(_ json: JSONValue, keys: String?) async throws {
    let file = SecurityFiles.issuerFile
    guard let issuer = json["issuer"]?.string else { throw SecurityError("[\(file)] must have an [issuer]") }
    audience = Set(json["audience"]?.array?.compactMap(\.string) ?? json["audience"]?.string.map { [$0] } ?? [])
    guard !audience.isEmpty else { throw SecurityError("[\(file)] must have an [audience]") }
    name = json["realm"]?.string ?? "jwt"
    guard name != User.realm, !name.hasPrefix("_") else { throw SecurityError("[\(file)]: a realm cannot be named [\(name)]") }
    principalClaim = json["principal_claim"]?.string ?? "sub"
    rolesClaim = json["roles_claim"]?.string ?? "roles"
    roles = json["roles"]?.array?.compactMap(\.string) ?? []
    algorithms = Set(json["algorithms"]?.array?.compactMap(\.string) ?? Array(Self.asymmetric))
    self.issuer = issuer
    guard let keys else { throw SecurityError("[\(file)] needs the issuer's keys, in [\(SecurityFiles.issuerKeysFile)]") }
    do {
      self.keys = try await JWTKeyCollection().add(jwksJSON: keys)
    } catch {
      throw SecurityError("[\(SecurityFiles.issuerKeysFile)] is no set of keys, or one of them has no [kid]")
    }
  }

  /// - Throws: a 401 that says what is wrong with the token, and nothing of what is in it.
  func principal(of token: String, now: Timestamp) async throws(APIError) -> Principal {
    guard let algorithm = Self.algorithm(of: token), algorithms.contains(algorithm) else {
      throw .invalidToken("the token is signed in a way that is not taken here")
    }
    let claims: Claims
    do {
      claims = try await keys.verify(token, as: Claims.self)
    } catch {
      throw .invalidToken("the token's signature is not one of the issuer's, or the token is damaged")
    }
    try check(claims, now: now.milliseconds)
    guard let username = claims.text(principalClaim), !username.isEmpty else { throw .invalidToken("the token names nobody") }
    return Principal(username: username, realm: name, roles: claims.texts(rolesClaim) + roles)
  }

  private func check(_ claims: Claims, now: Int64) throws(APIError) {
    guard claims.text("iss") == issuer else { throw .invalidToken("the token is of another issuer") }
    guard !audience.isDisjoint(with: claims.texts("aud")) else { throw .invalidToken("the token is for another audience") }
    guard let expires = claims.millis("exp") else { throw .invalidToken("the token does not say when it expires") }
    guard expires > now - Self.clockSkewMillis else { throw .expiredToken }
    if let begins = claims.millis("nbf"), begins > now + Self.clockSkewMillis { throw .invalidToken("the token is not valid yet") }
  }

  /// What the token's header says it is signed with.
  private static func algorithm(of token: String) -> String? {
    guard let head = token.split(separator: ".", omittingEmptySubsequences: false).first else { return nil }
    var text = head.replacingOccurrences(of: "-", with: "+").replacingOccurrences(of: "_", with: "/")
    text += String(repeating: "=", count: (4 - text.utf8.count % 4) % 4)
    guard let data = Data(base64Encoded: text) else { return nil }
    return (try? JSONValue.parse(Array(data)))?["alg"]?.string
  }

  /// All claims of a token, as far as they are texts, numbers or lists of texts.
  private struct Claims: JWTPayload {
    enum Value: Codable, Sendable {
      case text(String)
      case texts([String])
      case number(Double)
      case other

      init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let text = try? container.decode(String.self) {
          self = .text(text)
        } else if let texts = try? container.decode([String].self) {
          self = .texts(texts)
        } else if let number = try? container.decode(Double.self) {
          self = .number(number)
        } else {
          self = .other
        }
      }

      /// Tokens are only read here.
      func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encodeNil()
      }
    }

    let values: [String: Value]

    init(from decoder: any Decoder) throws { values = try decoder.singleValueContainer().decode([String: Value].self) }

    func encode(to encoder: any Encoder) throws {
      var container = encoder.singleValueContainer()
      try container.encode(values)
    }

    /// The signature is all that is checked where this is called; what the claims must be is ``JWTRealm``'s.
    func verify(using algorithm: some JWTAlgorithm) async throws {}

    func text(_ name: String) -> String? {
      if case .text(let text) = values[name] { text } else { nil }
    }

    func texts(_ name: String) -> [String] {
      switch values[name] {
      case .text(let text): [text]
      case .texts(let texts): texts
      default: []
      }
    }

    /// A time, which tokens have in seconds.
    func millis(_ name: String) -> Int64? {
      guard case .number(let seconds) = values[name] else { return nil }
      return Int64(exactly: (seconds * 1_000).rounded())
    }
  }
}
#endif
