#if Security
import Foundation
import JWTKit
import Meanwhile
import Testing

@testable import MeanwhileSecurity

@Suite("Tokens")
struct TokenTests {
  @Test("A token stands for its user, is refreshed once, and ends when it is invalidated")
  func life() async throws {
    let server = try await SecuredServer()
    let grant: JSONValue = ["grant_type": "password", "username": "admin", "password": "adminadmin"]
    let issued = try await server.answer(.post, "/_security/oauth2/token", json: grant, as: "admin")
    #expect(issued.status == 200)
    #expect(issued.json["type"] == "Bearer")
    #expect(issued.json["expires_in"] == 1200)
    #expect(issued.headers["Cache-Control"] == "no-store")
    let token = try #require(issued.json["access_token"]?.string)
    let who = try await server.answer(.get, "/_security/_authenticate", authorization: "Bearer \(token)")
    #expect(who.json["username"] == "admin")
    #expect(who.json["authentication_type"] == "token")
    #expect(String(decoding: try #require(try server.credentials.read(TokenVault.file)), as: UTF8.self).contains(token) == false)

    let refresh: JSONValue = ["grant_type": "refresh_token", "refresh_token": try #require(issued.json["refresh_token"])]
    let renewed = try await server.answer(.post, "/_security/oauth2/token", json: refresh, as: "admin")
    let next = try #require(renewed.json["access_token"]?.string)
    #expect(next != token)
    let twice = try await server.answer(.post, "/_security/oauth2/token", json: refresh, as: "admin")
    #expect(twice.status == 400)
    #expect(twice.json["error"]?["type"] == "invalid_grant")

    let gone = try await server.answer(.delete, "/_security/oauth2/token", json: ["token": .string(next)], as: "admin")
    #expect(gone.json["invalidated_tokens"] == 1)
    #expect(try await server.answer(.get, "/", authorization: "Bearer \(next)").status == 401)
    #expect(try await server.answer(.get, "/", authorization: "Bearer \(token)").status == 200)
  }

  @Test("A wrong password is no grant")
  func wrongPassword() async throws {
    let server = try await SecuredServer()
    let grant: JSONValue = ["grant_type": "password", "username": "admin", "password": "wrong"]
    let refused = try await server.answer(.post, "/_security/oauth2/token", json: grant, as: "admin")
    #expect(refused.status == 400)
    #expect(refused.json["error"]?["type"] == "invalid_grant")
  }

  // MARK: JSON web tokens

  private struct Claims: JWTPayload {
    var iss = "https://issuer.example"
    var aud = "meanwhile"
    var sub: String? = "carol"
    var exp: Double? = Date().timeIntervalSince1970 + 3_600
    var nbf: Double?
    var roles = ["reader"]
    func verify(using algorithm: some JWTAlgorithm) async throws {}
  }

  private static func base64URL(_ bytes: Data) -> String {
    bytes.base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
  }

  @Test("A token of the configured issuer, for this server, stands for whom it names; any other is refused")
  func webTokens() async throws {
    let key = ES256PrivateKey()
    let parameters = try #require(key.parameters)
    let point = { (text: String) in Self.base64URL(Data(base64Encoded: text) ?? Data()) }
    let keys: JSONValue = [
      "keys": [
        [
          "kty": "EC", "crv": "P-256", "alg": "ES256", "kid": "k1", "x": .string(point(parameters.x)), "y": .string(point(parameters.y)),
        ]
      ]
    ]
    let server = try await SecuredServer(
      roles: ["reader": ["cluster": ["monitor"]]],
      files: ["jwt.json": ["issuer": "https://issuer.example", "audience": "meanwhile"], "jwks.json": keys])
    let ours = await JWTKeyCollection().add(ecdsa: key, kid: "k1")
    let theirs = await JWTKeyCollection().add(ecdsa: ES256PrivateKey(), kid: "k1")
    let symmetric = await JWTKeyCollection().add(
      hmac: "a secret that everybody knows, since keys are public", digestAlgorithm: .sha256, kid: "k1")

    let good = try await ours.sign(Claims(), kid: "k1")
    let who = try await server.answer(.get, "/_security/_authenticate", authorization: "Bearer \(good)")
    #expect(who.json["username"] == "carol")
    #expect(who.json["roles"] == ["reader"])
    #expect(who.json["authentication_realm"] == ["name": "jwt", "type": "jwt"])
    #expect(try await server.answer(.get, "/", authorization: "Bearer \(good)").status == 200)
    #expect(try await server.answer(.put, "/_cluster/settings", json: [:], authorization: "Bearer \(good)").status == 403)

    let now = Date().timeIntervalSince1970
    let refused: [(String, JWTKeyCollection, Claims)] = [
      ("another's signature", theirs, Claims()), ("another algorithm", symmetric, Claims()),
      ("another issuer", ours, Claims(iss: "https://other.example")), ("another audience", ours, Claims(aud: "other")),
      ("expired", ours, Claims(exp: now - 3_600)), ("no expiry", ours, Claims(exp: nil)), ("not yet", ours, Claims(nbf: now + 3_600)),
      ("nobody", ours, Claims(sub: nil)),
    ]
    for (problem, signer, claims) in refused {
      let token = try await signer.sign(claims, kid: "k1")
      #expect(try await server.answer(.get, "/", authorization: "Bearer \(token)").status == 401, "\(problem)")
    }
    let unsigned = Self.base64URL(Data(#"{"alg":"none"}"#.utf8)) + "." + (good.split(separator: ".")[1]) + "."
    #expect(try await server.answer(.get, "/", authorization: "Bearer \(unsigned)").status == 401)
  }
}
#endif
