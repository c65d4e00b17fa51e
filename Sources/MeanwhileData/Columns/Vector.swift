/// A flat, immutable run of fixed-width values, shared without copying: a slice of some ``Storage``.
///
/// `@unchecked Sendable`: the pointer is into memory that never changes and that `storage` keeps alive.
public struct Vector<Element: BitwiseCopyable>: @unchecked Sendable {
  public let storage: Storage
  public let base: UnsafePointer<Element>
  public let count: Int

  /// - Precondition: `base` points into `storage`, which holds `count` elements from there.
  @inlinable
  public init(storage: Storage, base: UnsafePointer<Element>, count: Int) {
    self.storage = storage
    self.base = base
    self.count = count
  }

  /// Unchecked, as a data-plane loop needs it: `index` must be in `0 ..< count`.
  @inlinable
  public subscript(index: Int) -> Element {
    @inline(__always) get {
      assert(index >= 0 && index < count)
      return base[index]
    }
  }

  /// A part, sharing the memory.
  @inlinable
  public func slice(_ range: Range<Int>) -> Vector {
    precondition(range.lowerBound >= 0 && range.upperBound <= count)
    return Vector(storage: storage, base: base + range.lowerBound, count: range.count)
  }

  /// The values as a buffer; valid while this vector is.
  @inlinable
  public var buffer: UnsafeBufferPointer<Element> { UnsafeBufferPointer(start: base, count: count) }

  @inlinable
  public var byteCount: Int { count * MemoryLayout<Element>.stride }
}

extension Vector {
  /// No values.
  public static var empty: Vector {
    Vector(storage: .empty, base: Storage.empty.base.assumingMemoryBound(to: Element.self), count: 0)
  }

  /// A vector that is filled in one go: `fill` must initialise every one of the `count` elements.
  @inlinable
  public init(count: Int, fill: (UnsafeMutablePointer<Element>) throws -> Void) rethrows {
    let byteCount = max(1, count) * MemoryLayout<Element>.stride
    let raw = UnsafeMutableRawPointer.allocate(byteCount: byteCount, alignment: 64)
    let typed = raw.bindMemory(to: Element.self, capacity: max(1, count))
    do { try fill(typed) } catch {
      raw.deallocate()
      throw error
    }
    let storage = Storage(base: UnsafeRawPointer(raw), byteCount: byteCount) { base, _ in base.deallocate() }
    self.init(storage: storage, base: UnsafePointer(typed), count: count)
  }

  /// A copy of an array.
  public init(_ elements: [Element]) {
    self.init(count: elements.count) { target in
      elements.withUnsafeBufferPointer { source in
        if let start = source.baseAddress { target.initialize(from: start, count: source.count) }
      }
    }
  }

  /// One value, many times.
  public init(repeating element: Element, count: Int) {
    self.init(count: count) { $0.initialize(repeating: element, count: count) }
  }
}
