import Dispatch

/// Takes file work that may wait for a disk off the threads that everything else runs on.
struct BlockingWork: Sendable {
  private let queue: DispatchQueue?

  init(_ execution: FileStoreOptions.Execution) {
    queue = execution == .queue ? DispatchQueue(label: "meanwhile.files", qos: .userInitiated, attributes: .concurrent) : nil
  }

  /// Whether what is begun here goes on beside its caller.
  var isConcurrent: Bool { queue != nil }

  func run<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result) async throws -> Result {
    guard let queue else { return try body() }
    return try await withCheckedThrowingContinuation { done in
      queue.async { done.resume(with: Swift.Result { try body() }) }
    }
  }
}
