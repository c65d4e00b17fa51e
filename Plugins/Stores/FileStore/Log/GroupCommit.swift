import Dispatch
import Meanwhile
import Synchronization

/// Shares a log's syncs among all who append at the same time: while one block is synced, the next gathers.
///
/// Appending suspends and holds no thread; writing and syncing happen on a queue of the log's own, so no thread of the cooperative pool waits for a disk.
/// Effects are applied there too, in the log's order, after the sync and before the acknowledgement: who reads them never sees what could still be lost.
final class GroupCommit: Sendable {
  private enum Item: Sendable {
    case append(@Sendable () -> [UInt8], apply: @Sendable (LogPosition) -> Void, done: CommitTicket)
    case job(@Sendable (inout WriteAheadLog) -> Void)
  }

  private struct Pending: Sendable {
    var items: [Item] = []
    var isDraining = false
  }

  /// Locked by whoever writes: the queue, or with ``FileStoreOptions/Execution/caller`` the callers.
  private let log: Mutex<WriteAheadLog>
  private let pending = Mutex(Pending())
  private let queue: DispatchQueue?
  private let maintain: @Sendable (inout WriteAheadLog) -> Void

  /// A block is closed when it has this many bytes, so that a flood of appends is acknowledged step by step.
  private static let blockBytesMax = 8 << 20

  /// - Parameter maintain: called after each block, in the log's thread: the place for cleaning.
  init(
    _ log: WriteAheadLog, name: String, execution: FileStoreOptions.Execution, maintain: @escaping @Sendable (inout WriteAheadLog) -> Void
  ) {
    self.log = Mutex(log)
    self.maintain = maintain
    queue = execution == .queue ? DispatchQueue(label: "meanwhile.log." + name, qos: .userInitiated) : nil
  }

  /// Appends an entry and returns once it is durable.
  ///
  /// - Parameter apply: called once the entry is durable, before this returns, in the order of the log; must be short.
  func append(_ entry: [UInt8], apply: @escaping @Sendable (LogPosition) -> Void) async throws {
    try await enqueue({ entry }, apply: apply).value()
  }

  /// Puts an entry in line and returns at once; entries get into the log in the order of these calls. Only a caller that awaits the ticket knows that
  /// the entry is durable.
  ///
  /// - Parameter entry: makes the entry's bytes, in the log's thread: what takes time, such as compressing, keeps nobody else waiting.
  func enqueue(_ entry: @escaping @Sendable () -> [UInt8], apply: @escaping @Sendable (LogPosition) -> Void = { _ in }) -> CommitTicket {
    let ticket = CommitTicket()
    let item = Item.append(entry, apply: apply, done: ticket)
    if queue == nil {
      log.withLock { work(off: [item], &$0) }
    } else {
      enqueue(item)
    }
    return ticket
  }

  /// Does something with the log between two blocks.
  func perform<Result: Sendable>(_ body: @escaping @Sendable (inout WriteAheadLog) throws -> Result) async throws -> Result {
    guard queue != nil else { return try log.withLock { try body(&$0) } }
    return try await withCheckedThrowingContinuation { done in
      enqueue(.job { log in done.resume(with: Swift.Result { try body(&log) }) })
    }
  }

  private func enqueue(_ item: Item) {
    let mustDrain = pending.withLock { pending in
      pending.items.append(item)
      defer { pending.isDraining = true }
      return !pending.isDraining
    }
    if mustDrain { queue?.async { self.drain() } }
  }

  /// Works off what is pending until nothing is.
  private func drain() {
    while true {
      let items = pending.withLock { pending in
        defer { pending.items = [] }
        if pending.items.isEmpty { pending.isDraining = false }
        return pending.items
      }
      guard !items.isEmpty else { return }
      log.withLock { work(off: items, &$0) }
    }
  }

  private func work(off items: [Item], _ log: inout WriteAheadLog) {
    var block = Block()
    for item in items {
      switch item {
      case .append(let entry, let apply, let done):
        let bytes = entry()
        block.entries.append(bytes)
        block.byteCount += bytes.count
        block.effects.append((apply, done))
        if block.byteCount >= Self.blockBytesMax { commit(&block, &log) }
      case .job(let body):
        commit(&block, &log)
        body(&log)
      }
    }
    commit(&block, &log)
  }

  /// Entries that one sync makes durable, and what follows for each.
  private struct Block {
    var entries: [[UInt8]] = []
    var byteCount = 0
    var effects: [(apply: @Sendable (LogPosition) -> Void, done: CommitTicket)] = []
  }

  private func commit(_ block: inout Block, _ log: inout WriteAheadLog) {
    guard !block.entries.isEmpty else { return }
    defer { block = Block() }
    do throws(APIError) {
      let positions = try log.append(block.entries)
      for (effect, position) in zip(block.effects, positions) { effect.apply(position) }
      for effect in block.effects { effect.done.settle(.success(())) }
      maintain(&log)
    } catch {
      for effect in block.effects { effect.done.settle(.failure(error)) }
    }
  }
}
