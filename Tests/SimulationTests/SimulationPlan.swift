import Foundation

/// Which seeds are run, from the environment.
enum SimulationPlan {
  /// One seed, named by `MEANWHILE_SIMULATION_SEED`, or `MEANWHILE_SIMULATION_SEEDS` many from `MEANWHILE_SIMULATION_FIRST` on.
  static let seeds: Range<UInt64> = {
    if let seed = number("SEED") { return seed..<seed + 1 }
    let first = number("FIRST") ?? 0
    return first..<first + (number("SEEDS") ?? 200)
  }()

  static let steps = Int(number("STEPS") ?? 400)

  /// With `MEANWHILE_SIMULATION_TRACE=1`, whether each thing that happens is printed: for one seed.
  static let isVerbose = number("TRACE") == 1

  /// The command that repeats a seed, and shows what happens.
  static func command(for seed: UInt64) -> String {
    "MEANWHILE_SIMULATION_SEED=\(seed) MEANWHILE_SIMULATION_STEPS=\(steps) MEANWHILE_SIMULATION_TRACE=1 swift test --filter SimulationTests.seeds"
  }

  /// With `MEANWHILE_SIMULATION_REPORT=1`, prints how often what has happened.
  static func report(_ sums: [String: Int]) {
    guard number("REPORT") == 1 else { return }
    for (happening, count) in sums.sorted(by: { $0.key < $1.key }) { print("\(count)\t\(happening)") }
  }

  private static func number(_ name: String) -> UInt64? {
    ProcessInfo.processInfo.environment["MEANWHILE_SIMULATION_\(name)"].flatMap(UInt64.init)
  }
}
