#if Security
import Crypto
import Foundation
import Meanwhile

/// What is kept of a secret that a computer chose: its SHA-256. A secret of 128 random bits or more cannot be found from it by guessing, so that it needs neither
/// salt nor a slow hash; a person's password does, see ``PasswordHash``.
struct SecretDigest: Sendable, Hashable {
  private let bytes: [UInt8]

  init(of secret: String) { bytes = Array(SHA256.hash(data: Array(secret.utf8))) }

  /// - Returns: nil for what is no digest.
  init?(hexadecimal text: String) {
    let digits = Array(text.utf8)
    guard digits.count == 64 else { return nil }
    var bytes: [UInt8] = []
    for start in stride(from: 0, to: digits.count, by: 2) {
      guard let byte = UInt8(String(decoding: digits[start..<start + 2], as: UTF8.self), radix: 16) else { return nil }
      bytes.append(byte)
    }
    self.bytes = bytes
  }

  var hexadecimal: String {
    bytes.map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16) }.joined()
  }

  func matches(_ other: SecretDigest) -> Bool { Self.areEqual(bytes, other.bytes) }

  /// Compares in a time that says nothing of where the two differ.
  static func areEqual(_ left: [UInt8], _ right: [UInt8]) -> Bool {
    guard left.count == right.count else { return false }
    var difference: UInt8 = 0
    for (one, other) in zip(left, right) { difference |= one ^ other }
    return difference == 0
  }

  /// A new secret, in letters that URLs and headers take as they are.
  ///
  /// - Parameter words: how many times 128 random bits.
  static func newSecret(_ random: any RandomSource, words: Int) -> String {
    (0..<words).map { _ in TaskID.randomName(random) }.joined()
  }
}
#endif
