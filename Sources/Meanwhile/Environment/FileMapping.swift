/// A file as memory: valid while this object lives.
///
/// `@unchecked Sendable`: the memory is only read, from before the object exists until `deinit`, which runs when no reference is left.
public final class FileMapping: @unchecked Sendable {
  public let bytes: UnsafeRawBufferPointer
  private let release: @Sendable (UnsafeRawBufferPointer) -> Void

  /// - Parameter release: unmaps or frees the memory; called once.
  public init(bytes: UnsafeRawBufferPointer, release: @escaping @Sendable (UnsafeRawBufferPointer) -> Void) {
    self.bytes = bytes
    self.release = release
  }

  deinit { release(bytes) }
}
