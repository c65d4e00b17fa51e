import Testing

/// Whatever happens, in whatever order: nothing kept is lost, nothing deleted returns, nobody sees another's, every task ends.
struct TaskMachineSimulationTests {
  @Test(arguments: 0..<20)
  func whateverHappensThePromisesHold(block: UInt64) {
    var answers = 0
    for seed in block * 50..<(block + 1) * 50 {
      var world = SimulatedWorld(seed: seed)
      world.run(steps: 600)
      #expect(world.violations.isEmpty, "seed \(seed): \(world.violations)")
      answers += world.answerCount
    }
    #expect(answers > 1_000)
  }
}
