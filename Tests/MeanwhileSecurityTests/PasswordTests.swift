#if Security
import Meanwhile
import Testing

@testable import MeanwhileSecurity

@Suite("Passwords")
struct PasswordTests {
  @Test("A hash knows its password, after it was written and read too, and no other")
  func hashing() throws {
    let hash = try PasswordHash(of: "open sesame", cost: .minimal)
    let read = try #require(PasswordHash(hash.text))
    #expect(read == hash)
    #expect(read.matches("open sesame"))
    #expect(!read.matches("open sesam"))
    #expect(try PasswordHash(of: "open sesame", cost: .minimal) != hash, "each has a salt of its own")
  }

  @Test(
    "What is no hash is none",
    arguments: [
      "", "open sesame", "$scrypt$ln=4,r=8,p=1$AAAA", "$scrypt$ln=60,r=8,p=1$AAAA$AAAA", "$argon2$ln=4,r=8,p=1$AAAA$AAAA",
      "$scrypt$ln=4,r=8,p=1$AAAA$AAAA",
    ])
  func notAHash(text: String) { #expect(PasswordHash(text) == nil) }

  @Test("Attempts in a row are slowed down, then refused; a success begins anew")
  func throttling() {
    var throttle = AttemptThrottle()
    let second: UInt64 = 1_000_000_000
    for _ in 0..<AttemptThrottle.freeAttempts { #expect(throttle.begin("ann", now: second) == .zero) }
    var waits: [TimeValue] = []
    while let wait = throttle.begin("ann", now: second), waits.count < 100 { waits.append(wait) }
    #expect(waits.first == .milliseconds(100))
    #expect(waits == waits.sorted())
    #expect(waits.count < 15)
    #expect(throttle.begin("bob", now: second) == .zero, "others are not slowed down")
    throttle.succeeded("ann")
    #expect(throttle.begin("ann", now: second) == .zero)
  }

  @Test("A password that was right is remembered; one that was changed is not")
  func remembering() async throws {
    let checker = PasswordChecker(environment: Environment())
    let hash = try PasswordHash(of: "first password", cost: .minimal)
    for _ in 0..<50 { #expect(try await checker.check("first password", of: "ann", against: hash)) }
    #expect(try await !checker.check("first password", of: "bob", against: nil))
    let changed = try PasswordHash(of: "second password", cost: .minimal)
    #expect(try await !checker.check("first password", of: "ann", against: changed))
    #expect(try await checker.check("second password", of: "ann", against: changed))
  }
}
#endif
