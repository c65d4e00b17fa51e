#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif
import Synchronization

/// The operating system's files.
public struct SystemFileSystem: FileSystem {
  public init() {}

  public func open(_ path: String, _ mode: FileMode) throws(FileSystemError) -> any OpenFile {
    let flags: Int32 =
      switch mode {
      case .read: O_RDONLY
      case .update: O_RDWR
      case .create: O_RDWR | O_CREAT | O_EXCL
      }
    return SystemFile(path: path, descriptor: try Self.descriptor(path, flags, "open"))
  }

  public func makeDirectory(_ path: String) throws(FileSystemError) {
    guard mkdir(path, 0o700) != 0 else { return }
    let code = errno
    guard code == EEXIST, isDirectory(path) else { throw FileSystemError(code: code, operation: "mkdir", path: path) }
  }

  public func list(_ directory: String) throws(FileSystemError) -> [String] {
    guard let stream = opendir(directory) else { throw FileSystemError(code: errno, operation: "list", path: directory) }
    defer { closedir(stream) }
    var names: [String] = []
    errno = 0
    while let entry = readdir(stream) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        pointer.withMemoryRebound(to: CChar.self, capacity: MemoryLayout.size(ofValue: pointer.pointee)) { String(cString: $0) }
      }
      if name != ".", name != ".." { names.append(name) }
    }
    guard errno == 0 else { throw FileSystemError(code: errno, operation: "list", path: directory) }
    return names.sorted()
  }

  public func rename(_ path: String, to newPath: String) throws(FileSystemError) {
    #if canImport(Glibc)
    let result = Glibc.rename(path, newPath)
    #elseif canImport(Musl)
    let result = Musl.rename(path, newPath)
    #else
    let result = Darwin.rename(path, newPath)
    #endif
    guard result == 0 else { throw FileSystemError(code: errno, operation: "rename", path: path) }
  }

  public func remove(_ path: String) throws(FileSystemError) {
    guard unlink(path) == 0 else { throw FileSystemError(code: errno, operation: "remove", path: path) }
  }

  public func syncDirectory(_ path: String) throws(FileSystemError) {
    let descriptor = try Self.descriptor(path, O_RDONLY | O_DIRECTORY, "open")
    defer { _ = SystemFile.closeDescriptor(descriptor) }
    guard SystemFile.retrying({ fsync(descriptor) }) == 0 else {
      throw FileSystemError(code: errno, operation: "sync directory", path: path)
    }
  }

  public func lock(_ path: String) throws(FileSystemError) -> FileLock {
    let descriptor = try Self.descriptor(path, O_RDWR | O_CREAT, "lock")
    guard SystemFile.retrying({ flock(descriptor, LOCK_EX | LOCK_NB) }) == 0 else {
      let code = errno
      _ = SystemFile.closeDescriptor(descriptor)
      guard code == EWOULDBLOCK else { throw FileSystemError(code: code, operation: "lock", path: path) }
      throw FileSystemError(.locked, operation: "lock", path: path, code: code)
    }
    return FileLock { _ = SystemFile.closeDescriptor(descriptor) }
  }

  private func isDirectory(_ path: String) -> Bool {
    guard let stream = opendir(path) else { return false }
    closedir(stream)
    return true
  }

  private static func descriptor(_ path: String, _ flags: Int32, _ operation: String) throws(FileSystemError) -> Int32 {
    #if canImport(Glibc)
    let descriptor = SystemFile.retrying { Glibc.open(path, flags | O_CLOEXEC, 0o600) }
    #elseif canImport(Musl)
    let descriptor = SystemFile.retrying { Musl.open(path, flags | O_CLOEXEC, 0o600) }
    #else
    let descriptor = SystemFile.retrying { Darwin.open(path, flags | O_CLOEXEC, 0o600) }
    #endif
    guard descriptor >= 0 else { throw FileSystemError(code: errno, operation: operation, path: path) }
    return descriptor
  }
}

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
      #if canImport(Darwin)
      // Darwin's fsync stops at the drive's cache.
      Int64(Self.retrying { fcntl(descriptor, F_FULLFSYNC) })
      #else
      // Not retried on EINTR or anything else: after a failed sync the kernel may have dropped the pages, and a second one would succeed.
      Int64(fdatasync(descriptor))
      #endif
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

  /// Closing is not retried: the number is free again even when the call was interrupted.
  static func closeDescriptor(_ descriptor: Int32) -> Int32 {
    #if canImport(Glibc)
    Glibc.close(descriptor)
    #elseif canImport(Musl)
    Musl.close(descriptor)
    #else
    Darwin.close(descriptor)
    #endif
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
    if isLast { _ = SystemFile.closeDescriptor(number) }
    guard result >= 0 else { throw FileSystemError(code: code, operation: operation, path: path) }
    return result
  }

  func close() {
    let isUnused = state.withLock { state in
      guard !state.isClosed else { return false }
      state.isClosed = true
      return state.users == 0
    }
    if isUnused { _ = SystemFile.closeDescriptor(number) }
  }
}

extension FileSystemError {
  /// From the operating system's error number.
  init(code: Int32, operation: String, path: String) {
    let kind: Kind =
      switch code {
      case ENOENT: .notFound
      case EEXIST: .alreadyExists
      case ENOTDIR: .notADirectory
      case EACCES, EPERM, EROFS: .denied
      case ENOSPC, EDQUOT: .noSpace
      default: .io
      }
    self.init(kind, operation: operation, path: path, code: code)
  }
}
