import Testing

@testable import MeanwhileEngine

/// The vectors that RFC 1321 and FIPS 180 publish.
@Suite struct MessageDigestTests {
  static let twoBlocks = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"

  @Test(arguments: [
    (MessageDigest.md5, "", "d41d8cd98f00b204e9800998ecf8427e"), (.md5, "message digest", "f96b697d7cb7938d525a2f31aaf161d0"),
    (.md5, "12345678901234567890123456789012345678901234567890123456789012345678901234567890", "57edf4a22be3c955ac49da2e2107b67a"),
    (.sha1, "abc", "a9993e364706816aba3e25717850c26c9cd0d89d"), (.sha1, twoBlocks, "84983e441c3bd26ebaae4aa1f95129e5e54670f1"),
    (.sha224, "abc", "23097d223405d8228642a477bda255b32aadbce4bda0b3f7e36c9da7"),
    (.sha256, "", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    (.sha256, twoBlocks, "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"),
    (
      .sha384, "abc", "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7"
    ),
    (
      .sha512, "abc",
      "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f"
    ),
  ])
  func digests(algorithm: MessageDigest, text: String, expected: String) {
    var digits: [UInt8] = []
    Array(text.utf8).withUnsafeBufferPointer { algorithm.appendHexadecimal(of: $0) { digits.append($0) } }
    #expect(String(decoding: digits, as: UTF8.self) == expected)
  }

  @Test(arguments: [("sha256", MessageDigest.sha256), ("SHA-1", .sha1), ("sha", .sha1), ("Md5", .md5)])
  func isKnownByNames(name: String, algorithm: MessageDigest) { #expect(MessageDigest(named: name) == algorithm) }
}
