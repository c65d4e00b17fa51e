/// The manager's clock: the wall's as it was at the start, carried on by the clock that never goes back.
///
/// A task that is to be kept for an hour is kept for an hour, also when somebody sets the machine's clock in between: nothing expires early or late for it.
/// What is stored carries wall times, so a new start reads the clock as it has been set.
struct SteadyClock: Sendable {
  private let time: any TimeSource
  private let start: Moment

  init(_ time: any TimeSource) {
    self.time = time
    start = Moment(wall: time.now(), uptimeNanoseconds: time.uptimeNanoseconds())
  }

  func now() -> Moment {
    let uptime = time.uptimeNanoseconds()
    let passed = uptime > start.uptimeNanoseconds ? uptime - start.uptimeNanoseconds : 0
    return Moment(wall: start.wall.advanced(by: TimeValue(nanoseconds: Int64(clamping: passed))), uptimeNanoseconds: uptime)
  }
}
