/// A run of raw memory that never changes: allocated by a builder, or mapped from a file.
///
/// `@unchecked Sendable`: the memory is written only before the object exists and never afterwards, and `deinit` runs when no reference is left.
public final class Storage: @unchecked Sendable {
  public let base: UnsafeRawPointer
  public let byteCount: Int
  private let release: @Sendable (UnsafeRawPointer, Int) -> Void

  /// - Parameter release: frees or unmaps the memory; called once.
  public init(base: UnsafeRawPointer, byteCount: Int, release: @escaping @Sendable (UnsafeRawPointer, Int) -> Void) {
    self.base = base
    self.byteCount = byteCount
    self.release = release
  }

  deinit { release(base, byteCount) }

  /// Memory for nothing.
  public static let empty: Storage = {
    let base = UnsafeMutableRawPointer.allocate(byteCount: 64, alignment: 64)
    base.initializeMemory(as: UInt8.self, repeating: 0, count: 64)
    return Storage(base: UnsafeRawPointer(base), byteCount: 0) { base, _ in base.deallocate() }
  }()
}
