import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A file descriptor. Positioned calls only, so that threads share no offset.
final class SystemFile: OpenFile {
  let path: String
  /// -1 once closed. Readers hold the lock for the length of a call: a number must not be closed and given to another file under them.
  private let descriptor: SharedDescriptor

  init(path: String, descriptor: Int32) {
    self.path = path
    self.descriptor = SharedDescriptor(descriptor)
  }

  deinit { close() }

  func size() throws(FileSystemError) -> Int64 {
    try descriptor.use(path, "size") { descriptor in
      var info = stat()
      guard fstat(descriptor, &info) == 0 else { return -1 }
      return Int64(info.st_size)
    }
  }

  func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int64) throws(FileSystemError) -> Int {
    Int(
      try descriptor.use(path, "read") { descriptor in
        var filled = 0
        while filled < buffer.count {
          let rest = UnsafeMutableRawBufferPointer(rebasing: buffer[filled...])
          let count = pread(descriptor, rest.baseAddress, rest.count, off_t(offset) + off_t(filled))
          if count == 0 { break }
          if count < 0 {
            if errno == EINTR { continue }
            return -1
          }
          filled += count
        }
        return Int64(filled)
      })
  }

  func write(_ buffer: UnsafeRawBufferPointer, at offset: Int64) throws(FileSystemError) {
    _ = try descriptor.use(path, "write") { descriptor in
      var written = 0
      while written < buffer.count {
        let rest = UnsafeRawBufferPointer(rebasing: buffer[written...])
        let count = pwrite(descriptor, rest.baseAddress, rest.count, off_t(offset) + off_t(written))
        if count < 0 {
          if errno == EINTR { continue }
          return -1
        }
        written += count
      }
      return 0
    }
  }

  func truncate(to byteCount: Int64) throws(FileSystemError) {
    _ = try descriptor.use(path, "truncate") { descriptor in Int64(Self.retrying { ftruncate(descriptor, off_t(byteCount)) }) }
  }

  func sync() throws(FileSystemError) {
    _ = try descriptor.use(path, "sync") { descriptor in
      // Not retried on EINTR or anything else: after a failed sync the kernel may have dropped the pages, and a second one would succeed.
      Int64(syncData(descriptor))
    }
  }

  func map() throws(FileSystemError) -> FileMapping {
    let count = Int(try size())
    guard count > 0 else { return FileMapping(bytes: UnsafeRawBufferPointer(start: nil, count: 0)) { _ in } }
    var address: UnsafeMutableRawPointer?
    _ = try descriptor.use(path, "map") { descriptor in
      let mapped = mmap(nil, count, PROT_READ, MAP_SHARED, descriptor, 0)
      guard mapped != MAP_FAILED else { return -1 }
      address = mapped
      return 0
    }
    return FileMapping(bytes: UnsafeRawBufferPointer(start: address, count: count)) { bytes in
      munmap(UnsafeMutableRawPointer(mutating: bytes.baseAddress), bytes.count)
    }
  }

  func close() { descriptor.close() }

  static func retrying(_ call: () -> Int32) -> Int32 {
    while true {
      let result = call()
      guard result == -1, errno == EINTR else { return result }
    }
  }
}

/// A descriptor that is counted in use, and closed when told to and no longer in use.
private final class SharedDescriptor: Sendable {
  private struct State {
    var users = 0
    var isClosed = false
  }

  private let number: Int32
  private let state = Mutex(State())

  init(_ number: Int32) { self.number = number }

  /// - Parameter call: gives -1 and leaves `errno` when it failed.
  func use(_ path: String, _ operation: String, _ call: (Int32) -> Int64) throws(FileSystemError) -> Int64 {
    let isOpen = state.withLock { state in
      guard !state.isClosed else { return false }
      state.users += 1
      return true
    }
    guard isOpen else { throw FileSystemError(.closed, operation: operation, path: path) }
    let result = call(number)
    let code = errno
    let isLast = state.withLock { state in
      state.users -= 1
      return state.isClosed && state.users == 0
    }
    if isLast { _ = closeDescriptor(number) }
    guard result >= 0 else { throw FileSystemError(code: code, operation: operation, path: path) }
    return result
  }

  func close() {
    let isUnused = state.withLock { state in
      guard !state.isClosed else { return false }
      state.isClosed = true
      return state.users == 0
    }
    if isUnused { _ = closeDescriptor(number) }
  }
}

/// Closing is not retried: the number is free again even when the call was interrupted.
func closeDescriptor(_ descriptor: Int32) -> Int32 { close(descriptor) }

/// Darwin's own fsync stops at the drive's cache.
private func syncData(_ descriptor: Int32) -> Int32 {
  #if canImport(Darwin)
  fcntl(descriptor, F_FULLFSYNC)
  #else
  fdatasync(descriptor)
  #endif
}
