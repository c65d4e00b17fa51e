#if Security
import CryptoExtras
import Foundation
import Meanwhile

/// What is kept of a password: scrypt (RFC 7914), which takes time and memory to compute, of the password and a salt of its own.
///
/// Written as `$scrypt$ln=15,r=8,p=1$SALT$HASH`, salt and hash in base64: parameters may be raised, and older hashes still be checked.
public struct PasswordHash: Sendable, Hashable {
  /// How much work and memory a hash takes.
  public struct Cost: Sendable, Hashable {
    /// The logarithm of the number of rounds; memory is 128 · r · 2^ln bytes.
    public var roundsLog2: Int
    public var blockSize: Int
    public var parallelism: Int

    /// 32 MiB.
    public static let standard = Cost(roundsLog2: 15, blockSize: 8, parallelism: 1)
    /// For tests, which check that it works and not that it is slow.
    public static let minimal = Cost(roundsLog2: 4, blockSize: 8, parallelism: 1)

    /// What a file may ask for: up to 256 MiB.
    fileprivate var isAllowed: Bool { 1...18 ~= roundsLog2 && 1...8 ~= blockSize && 1...4 ~= parallelism }
  }

  let cost: Cost
  private let salt: [UInt8]
  private let hash: [UInt8]

  /// Hashes a password, which takes a while: not on a thread that others wait for.
  public init(of password: String, cost: Cost = .standard, random: any RandomSource = SystemRandomSource()) throws {
    salt = (0..<2).flatMap { _ in
      let word = random.next()
      return (0..<8).map { UInt8(truncatingIfNeeded: word >> ($0 * 8)) }
    }
    self.cost = cost
    hash = try Self.derive(password, salt, cost)
  }

  /// Whether a password is the one. Takes as long as hashing it.
  func matches(_ password: String) -> Bool {
    guard let other = try? Self.derive(password, salt, cost) else { return false }
    return SecretDigest.areEqual(hash, other)
  }

  private static func derive(_ password: String, _ salt: [UInt8], _ cost: Cost) throws -> [UInt8] {
    let key = try KDF.Scrypt.deriveKey(
      from: Array(password.utf8), salt: salt, outputByteCount: 32, rounds: 1 << cost.roundsLog2, blockSize: cost.blockSize,
      parallelism: cost.parallelism)
    return key.withUnsafeBytes { Array($0) }
  }

  // MARK: As text

  var text: String {
    let parameters = "ln=\(cost.roundsLog2),r=\(cost.blockSize),p=\(cost.parallelism)"
    return "$scrypt$\(parameters)$\(Data(salt).base64EncodedString())$\(Data(hash).base64EncodedString())"
  }

  /// - Returns: nil for what is no such text.
  init?(_ text: String) {
    let parts = text.split(separator: "$", omittingEmptySubsequences: false)
    guard parts.count == 5, parts[0].isEmpty, parts[1] == "scrypt" else { return nil }
    var values: [Substring: Int] = [:]
    for item in parts[2].split(separator: ",") {
      let pair = item.split(separator: "=")
      guard pair.count == 2, let value = Int(pair[1]) else { return nil }
      values[pair[0]] = value
    }
    guard let rounds = values["ln"], let blockSize = values["r"], let parallelism = values["p"],
      let salt = Data(base64Encoded: String(parts[3])), let hash = Data(base64Encoded: String(parts[4])), hash.count == 32
    else { return nil }
    cost = Cost(roundsLog2: rounds, blockSize: blockSize, parallelism: parallelism)
    guard cost.isAllowed else { return nil }
    self.salt = Array(salt)
    self.hash = Array(hash)
  }
}
#endif
