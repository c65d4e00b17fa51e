#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

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
    guard renameFile(path, newPath) == 0 else { throw FileSystemError(code: errno, operation: "rename", path: path) }
  }

  public func remove(_ path: String) throws(FileSystemError) {
    guard unlink(path) == 0 else { throw FileSystemError(code: errno, operation: "remove", path: path) }
  }

  public func syncDirectory(_ path: String) throws(FileSystemError) {
    let descriptor = try Self.descriptor(path, O_RDONLY | O_DIRECTORY, "open")
    defer { _ = closeDescriptor(descriptor) }
    guard SystemFile.retrying({ fsync(descriptor) }) == 0 else {
      throw FileSystemError(code: errno, operation: "sync directory", path: path)
    }
  }

  public func lock(_ path: String) throws(FileSystemError) -> FileLock {
    let descriptor = try Self.descriptor(path, O_RDWR | O_CREAT, "lock")
    guard SystemFile.retrying({ flock(descriptor, LOCK_EX | LOCK_NB) }) == 0 else {
      let code = errno
      _ = closeDescriptor(descriptor)
      guard code == EWOULDBLOCK else { throw FileSystemError(code: code, operation: "lock", path: path) }
      throw FileSystemError(.locked, operation: "lock", path: path, code: code)
    }
    return FileLock { _ = closeDescriptor(descriptor) }
  }

  private func isDirectory(_ path: String) -> Bool {
    guard let stream = opendir(path) else { return false }
    closedir(stream)
    return true
  }

  private static func descriptor(_ path: String, _ flags: Int32, _ operation: String) throws(FileSystemError) -> Int32 {
    let descriptor = SystemFile.retrying { openFile(path, flags | O_CLOEXEC, 0o600) }
    guard descriptor >= 0 else { throw FileSystemError(code: errno, operation: operation, path: path) }
    return descriptor
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

// The operating system's calls under names that the methods above do not have.

private func openFile(_ path: String, _ flags: Int32, _ permissions: mode_t) -> Int32 { open(path, flags, permissions) }
private func renameFile(_ path: String, _ newPath: String) -> Int32 { rename(path, newPath) }
