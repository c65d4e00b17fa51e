import CEpoll
import Glibc

/// Tells which of many sockets have something to read (Linux's epoll).
final class Poller {
  private let descriptor: Int32
  private var events = [epoll_event](repeating: epoll_event(), count: 1_024)

  init() throws {
    descriptor = epoll_create1(0)
    guard descriptor >= 0 else { throw SystemFailure("epoll_create1") }
  }

  deinit { close(descriptor) }

  /// Adds a socket under a key.
  func add(_ socket: Int32, key: Int) throws {
    var event = epoll_event(events: EPOLLIN.rawValue, data: epoll_data_t(u64: UInt64(key)))
    guard epoll_ctl(descriptor, EPOLL_CTL_ADD, socket, &event) == 0 else { throw SystemFailure("epoll_ctl") }
  }

  /// Calls `body` with the keys of sockets that are ready, once there are some or the time is over.
  ///
  /// - Returns: how many there were.
  @discardableResult
  func wait(milliseconds: Int32, _ body: (Int) throws -> Void) throws -> Int {
    let count = epoll_wait(descriptor, &events, Int32(events.count), milliseconds)
    guard count >= 0 else {
      guard errno == EINTR else { throw SystemFailure("epoll_wait") }
      return 0
    }
    for index in 0..<Int(count) { try body(Int(events[index].data.u64)) }
    return Int(count)
  }
}
