import MeanwhileData
import Testing

@Suite struct IPAddressTests {
  @Test(arguments: [
    ("10.1.2.3", "10.1.2.3"), ("0.0.0.0", "0.0.0.0"), ("::ffff:10.1.2.3", "10.1.2.3"), ("::", "::"), ("::1", "::1"), ("1::", "1::"),
    ("2001:DB8:0:0:0:0:0:1", "2001:db8::1"), ("2001:db8::1:0:0:1", "2001:db8::1:0:0:1"), ("2001:0:0:1:0:0:0:1", "2001:0:0:1::1"),
    ("fe81::bae8:56ff:fe9f:47ff", "fe81::bae8:56ff:fe9f:47ff"), ("1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8"),
    ("64:ff9b::1.2.3.4", "64:ff9b::102:304"),
    ("1:0:3:4:5:6:7:8", "1:0:3:4:5:6:7:8"), ("::2:3:4:5:6:7:8", "0:2:3:4:5:6:7:8"),
  ])
  func readsAndPrints(text: String, printed: String) throws {
    let address = try #require(IPAddress(parsing: text))
    #expect(address.text == printed)
    #expect(address.bytes.withUnsafeBufferPointer { IPAddress(bytes: $0) } == address)
  }

  @Test(arguments: [
    "", "10.1.2", "10.1.2.256", "10.01.2.3", "10.1.2.3.4", "1:2:3", "1::2::3", ":1", "1:", "12345::", "g::", "1:2:3:4:5:6:7:8:9", "::1.2.3",
    "fe80::1%eth0",
    "1:2:3:4:5:6:7:8::",
  ])
  func refusesWhatIsNoAddress(text: String) {
    #expect(IPAddress(parsing: text) == nil)
  }

  @Test func networks() throws {
    let network = try #require(IPNetwork(parsing: "10.0.0.0/8"))
    #expect(network.contains(try #require(IPAddress(parsing: "10.255.0.1"))))
    #expect(!network.contains(try #require(IPAddress(parsing: "11.0.0.1"))))
    let six = try #require(IPNetwork(parsing: "2001:db8::/32"))
    #expect(six.first.text == "2001:db8::")
    #expect(six.last.text == "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff")
    #expect(try #require(IPNetwork(parsing: "::/0")).last.bytes.allSatisfy { $0 == 255 })
    for bad in ["10.0.0.0", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/", "x/8"] { #expect(IPNetwork(parsing: bad) == nil) }
  }
}
