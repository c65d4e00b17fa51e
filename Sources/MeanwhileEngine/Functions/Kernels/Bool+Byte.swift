extension Bool {
  /// 1 or 0. `self ? 1 : 0` is compiled to a branch where a loop stores it, and branches that go both ways cost more than all the rest of a loop.
  @inline(__always)
  var byte: UInt8 { unsafeBitCast(self, to: UInt8.self) }
}
