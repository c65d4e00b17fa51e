/// Grows a ``Vector``. A class, so that a batch loop appends in place; not for use from two threads.
///
/// No method hands a property to code of others while it changes it, so the properties go without Swift's checks of exclusive access at run time: in loops that append
/// value by value, these took a quarter of the time.
public final class VectorBuilder<Element: BitwiseCopyable> {
  @usableFromInline @exclusivity(unchecked) var base: UnsafeMutablePointer<Element>
  @usableFromInline @exclusivity(unchecked) var capacity: Int
  /// How many values there are.
  @inlinable public var count: Int { filled }
  @usableFromInline @exclusivity(unchecked) var filled: Int

  public init(capacity: Int = 64) {
    self.capacity = max(8, capacity)
    self.filled = 0
    let raw = UnsafeMutableRawPointer.allocate(byteCount: self.capacity * MemoryLayout<Element>.stride, alignment: 64)
    base = raw.bindMemory(to: Element.self, capacity: self.capacity)
  }

  deinit { UnsafeMutableRawPointer(base).deallocate() }

  @inlinable
  public func append(_ element: Element) {
    if count == capacity { grow(to: count + 1) }
    base[count] = element
    filled += 1
  }

  /// Appends what another buffer holds.
  @inlinable
  public func append(contentsOf elements: UnsafeBufferPointer<Element>) {
    guard let start = elements.baseAddress else { return }
    if count + elements.count > capacity { grow(to: count + elements.count) }
    (base + count).update(from: start, count: elements.count)
    filled += elements.count
  }

  /// Appends one value many times.
  @inlinable
  public func append(repeating element: Element, count added: Int) {
    if count + added > capacity { grow(to: count + added) }
    (base + count).update(repeating: element, count: added)
    filled += added
  }

  /// Appends what code fills in.
  ///
  /// - Parameter fill: given room for `most` values, fills some of them from the start and says how many.
  @inlinable
  func append(atMost most: Int, _ fill: (UnsafeMutablePointer<Element>) -> Int) {
    if count + most > capacity { grow(to: count + most) }
    filled += fill(base + count)
  }

  /// Unchecked, like ``Vector``'s.
  @inlinable
  public subscript(index: Int) -> Element {
    get { base[index] }
    set { base[index] = newValue }
  }

  /// Drops what is behind `newCount`.
  public func truncate(to newCount: Int) { filled = min(filled, newCount) }

  @inlinable
  public var buffer: UnsafeBufferPointer<Element> { UnsafeBufferPointer(start: base, count: count) }

  /// What is there, to be changed; valid until something is appended.
  var mutableBuffer: UnsafeMutableBufferPointer<Element> { UnsafeMutableBufferPointer(start: base, count: count) }

  @usableFromInline
  func grow(to needed: Int) {
    let newCapacity = max(needed, capacity * 2)
    let raw = UnsafeMutableRawPointer.allocate(byteCount: newCapacity * MemoryLayout<Element>.stride, alignment: 64)
    let larger = raw.bindMemory(to: Element.self, capacity: newCapacity)
    larger.update(from: base, count: count)
    UnsafeMutableRawPointer(base).deallocate()
    base = larger
    capacity = newCapacity
  }

  /// Bytes that the builder holds.
  public var byteCount: Int { capacity * MemoryLayout<Element>.stride }

  /// The values as a vector. The builder is empty afterwards.
  public func finish() -> Vector<Element> {
    let finished = base
    let size = count
    let storage = Storage(base: UnsafeRawPointer(finished), byteCount: size * MemoryLayout<Element>.stride) { base, _ in base.deallocate() }
    capacity = 8
    filled = 0
    let raw = UnsafeMutableRawPointer.allocate(byteCount: capacity * MemoryLayout<Element>.stride, alignment: 64)
    base = raw.bindMemory(to: Element.self, capacity: capacity)
    return Vector(storage: storage, base: UnsafePointer(finished), count: size)
  }
}
