import MeanwhileTestKit
import Testing

/// Whatever happens to the server, its disk and its clocks: what clients were promised holds. See README.md in this folder.
@Suite("Simulation of the manager and the file store", .serialized)
struct SimulationTests {
  /// Blocks run beside each other, one on each core.
  @Test("keeps every promise, whatever the seed; and every kind of misfortune has come about")
  func seeds() async {
    let blocks = 4 as UInt64
    let sums = await withTaskGroup(of: [String: Int].self) { group in
      for block in 0..<blocks { group.addTask { Self.run(SimulationPlan.seeds.filter { $0 % blocks == block }) } }
      return await group.reduce(into: [:]) { $0.merge($1) { $0 + $1 } }
    }
    SimulationPlan.report(sums)
    guard SimulationPlan.seeds.count >= 500 else { return }
    for happening in Self.happenings { #expect(sums[happening, default: 0] > 0, "no seed had [\(happening)]") }
  }

  /// Runs simulations until one finds something.
  ///
  /// - Returns: how often what has happened.
  private static func run(_ seeds: [UInt64]) -> [String: Int] {
    var sums: [String: Int] = [:]
    for seed in seeds {
      var simulation = Simulation(seed: seed, isVerbose: SimulationPlan.isVerbose)
      let violations = simulation.run(steps: SimulationPlan.steps)
      for counts in [simulation.faults, simulation.files.faultCounts, simulation.ledger.answers] { sums.merge(counts) { $0 + $1 } }
      guard violations.isEmpty else {
        Issue.record("\(violations.prefix(3).joined(separator: "; ")); again with: \(SimulationPlan.command(for: seed))")
        return sums
      }
    }
    return sums
  }

  /// What must have happened in a run of hundreds of seeds, or the simulation simulates too little.
  static let happenings = [
    // Ends of the server's lives.
    "power lost", "power lost in a shutdown", "process killed", "query brought the server down", "shutdown", "start failed",
    // The disk.
    "write torn", "write lost", "name change lost", "disk full", "failed read", "failed write", "failed sync", "failed open",
    "failed create", "failed remove", "failed map", "power lost at write", "power lost at sync", "power lost at create",
    "power lost at syncDirectory", "power lost at remove",
    // Clocks and clients.
    "clock set forward", "clock set back", "disconnect", "cancel", "settings changed", "settings survived",
    // What clients met.
    "submit completed", "submit failed", "submit running", "submit queued", "get completed", "get failed", "get running", "get queued",
    "get stopping", "stop completed", "stop failed", "status completed", "status running", "delete acknowledged", "unknown id refused",
    "submit refused: 429 es_rejected_execution_exception", "submit refused: 503 unavailable_exception",
    "get refused: 404 resource_not_found_exception", "stop refused: 404 resource_not_found_exception",
    "delete refused: 404 resource_not_found_exception", "brief run", "joined a run", "failure not kept", "page completed",
    "page of a stored result", "watch completed", "watch failed", "watched queued",
    "watched running", "watched stopping",
    "over the memory budget", "given up after attempts", "partial",
  ]

  @Test("does the same each time, for the same seed", arguments: [1, 7, 42] as [UInt64])
  func reproducible(seed: UInt64) {
    var first = Simulation(seed: seed)
    _ = first.run(steps: 400)
    var second = Simulation(seed: seed)
    _ = second.run(steps: 400)
    #expect(first.trace == second.trace)
    var other = Simulation(seed: seed + 1)
    _ = other.run(steps: 400)
    #expect(first.trace != other.trace)
  }

  @Test("finds a planted bug", arguments: PlantedBug.allCases)
  func plantedBug(bug: PlantedBug) {
    let found = (0..<300 as Range<UInt64>).first { seed in
      var simulation = Simulation(seed: seed, bug: bug)
      return !simulation.run(steps: 400).isEmpty
    }
    #expect(found != nil)
  }
}
