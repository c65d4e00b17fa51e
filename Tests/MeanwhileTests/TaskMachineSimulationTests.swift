import Testing

/// Whatever happens, in whatever order: nothing kept is lost, nothing deleted returns, nobody sees another's, every task ends.
@Suite(.serialized)
struct TaskMachineSimulationTests {
  @Test(arguments: 0..<10)
  func whateverHappensThePromisesHold(block: UInt64) {
    var answers = 0
    for seed in block * 10..<(block + 1) * 10 {
      var world = SimulatedWorld(seed: seed)
      world.run(steps: 500)
      #expect(world.violations.isEmpty, "seed \(seed): \(world.violations)")
      answers += world.answerCount
    }
    #expect(answers > 500)
  }
}
