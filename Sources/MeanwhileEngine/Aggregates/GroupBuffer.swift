/// One element a group, in one flat run that grows with the groups.
final class GroupBuffer<Element: BitwiseCopyable> {
  private(set) var base: UnsafeMutablePointer<Element>
  private(set) var count = 0
  private var capacity = 16
  private let initial: Element

  /// - Parameter initial: what a new group begins with.
  init(_ initial: Element) {
    self.initial = initial
    base = .allocate(capacity: 16)
  }

  deinit { base.deallocate() }

  /// Makes room for groups.
  func grow(to groupCount: Int) {
    guard groupCount > count else { return }
    if groupCount > capacity {
      let newCapacity = max(groupCount, capacity * 2)
      let larger = UnsafeMutablePointer<Element>.allocate(capacity: newCapacity)
      larger.initialize(from: base, count: count)
      base.deallocate()
      base = larger
      capacity = newCapacity
    }
    (base + count).initialize(repeating: initial, count: groupCount - count)
    count = groupCount
  }

  @inline(__always)
  subscript(group: Int) -> Element {
    get { base[group] }
    set { base[group] = newValue }
  }

  var byteCount: Int { capacity * MemoryLayout<Element>.stride }
}
