import Foundation
import Testing

@testable import Meanwhile

/// The picture in `TaskPhase`, arrow by arrow.
struct TaskPhaseTests {
  /// Every arrow of the picture, written out once more by hand.
  static let arrows: [(from: TaskPhase, trigger: TaskPhase.Trigger, to: TaskPhase)] = [
    (.queued, .start, .running), (.queued, .fail, .failed), (.queued, .discard, .gone),
    (.running, .stop, .stopping), (.running, .complete, .completed), (.running, .fail, .failed), (.running, .discard, .discarded),
    (.stopping, .complete, .completed), (.stopping, .fail, .failed), (.stopping, .discard, .discarded),
    (.completed, .discard, .gone), (.failed, .discard, .gone),
    (.discarded, .complete, .gone), (.discarded, .fail, .gone),
  ]

  @Test(arguments: TaskPhase.allCases)
  func aPhaseHasTheArrowsOfThePictureAndNoOthers(phase: TaskPhase) {
    for trigger in TaskPhase.Trigger.allCases {
      let drawn = Self.arrows.first { $0.from == phase && $0.trigger == trigger }?.to
      #expect(phase.after(trigger) == drawn, "\(phase) on \(trigger)")
    }
  }

  /// The table under "What moves a task" in the documentation's article, row by row.
  @Test func theArticleShowsTheSamePicture() throws {
    let article = URL(fileURLWithPath: #filePath).appendingPathComponent("../../../Sources/Meanwhile/Meanwhile.docc/TaskLifecycle.md")
      .standardized
    let text = try String(contentsOf: article, encoding: .utf8)
    let section = try #require(text.components(separatedBy: "## What moves a task").last?.components(separatedBy: "*Start*").first)
    let rows = section.split(separator: "\n").dropFirst(2).map { row in
      row.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
    }
    #expect(Set(rows) == Set(Self.arrows.map { ["\($0.from)", "\($0.trigger)", "\($0.to)"] }))
    #expect(rows.count == Self.arrows.count)
  }

  @Test func everyPhaseIsReachedAndAllButTheLastAreLeft() {
    let reached = Set(TaskPhase.transitions.values).union([.queued])
    let left = Set(TaskPhase.transitions.keys.map(\.from))
    #expect(reached == Set(TaskPhase.allCases))
    #expect(left == Set(TaskPhase.allCases).subtracting([.gone]))
  }

  /// Puts a task into each phase by events alone, then sends each event that could move it, and looks where it is.
  @Test(arguments: TaskPhase.allCases.filter { $0 != .gone })
  func theMachineMovesAsThePictureSays(phase: TaskPhase) {
    for trigger in TaskPhase.Trigger.allCases {
      var bench = MachineBench(runningMax: 1)
      let task = bench.bring(to: phase)
      bench.pull(trigger, on: task)
      let expected = phase.after(trigger)
      let seen = bench.machine.tasks[task]?.phase ?? .gone
      if trigger == .start, phase != .queued { continue }  // There is no event that starts what is not queued.
      if trigger == .fail, phase == .queued { continue }  // See below: a queued task fails by being cancelled.
      #expect(seen == expected ?? phase, "\(phase) on \(trigger)")
    }
  }

  @Test func aQueuedTaskFailsWhenItIsCancelled() {
    var bench = MachineBench(runningMax: 1)
    let task = bench.bring(to: .queued)
    bench.send(.cancel(task, .taskCancelled("by user request")))
    #expect(bench.machine.tasks[task]?.phase == .failed)
    #expect(bench.machine.queue.isEmpty)
  }
}
