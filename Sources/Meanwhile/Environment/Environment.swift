/// The outside world as the core sees it: time, chance, and a place to run work. A simulation brings its own.
public struct Environment: Sendable {
  public var time: any TimeSource
  public var random: any RandomSource
  public var spawner: any Spawner

  public init(
    time: any TimeSource = SystemTimeSource(), random: any RandomSource = SystemRandomSource(), spawner: any Spawner = SystemSpawner()
  ) {
    self.time = time
    self.random = random
    self.spawner = spawner
  }
}
