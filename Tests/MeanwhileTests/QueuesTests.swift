import MeanwhileTestKit
import Testing

@testable import Meanwhile

struct FairQueueTests {
  @Test func ownersTakeTurns() {
    var queue = FairQueue()
    for number in 1...3 as ClosedRange<TaskNumber> { queue.append(number, of: "a") }
    queue.append(10, of: "b")
    queue.append(20, of: nil)
    queue.append(11, of: "b")
    #expect((0..<6).map { _ in queue.popFirst() } == [1, 10, 20, 2, 11, 3])
    #expect(queue.popFirst() == nil)
  }

  @Test func oneThatLeavesChangesNobodysTurn() {
    var queue = FairQueue()
    for (number, owner) in [(1, "a"), (2, "b"), (3, "a"), (4, "c")] as [(TaskNumber, String)] { queue.append(number, of: owner) }
    queue.remove(2, of: "b")
    queue.remove(2, of: "b")
    queue.remove(99, of: "a")
    #expect(queue.count == 3)
    #expect(queue.count(of: "a") == 2)
    #expect((0..<3).map { _ in queue.popFirst() } == [1, 4, 3])
  }
}

struct DeadlineHeapTests {
  /// Against the simplest thing that does the same.
  @Test(arguments: [1, 2, 3] as [UInt64])
  func givesOutWhatIsDueInOrder(seed: UInt64) {
    var random = SeededRandom(seed: seed)
    var heap = DeadlineHeap<Int, Int>()
    var model: [Int: Int] = [:]
    for _ in 0..<2_000 {
      let key = Int.random(in: 0..<50, using: &random)
      switch Int.random(in: 0..<4, using: &random) {
      case 0, 1:
        let deadline = Int.random(in: 0..<1_000, using: &random)
        heap.set(key, to: deadline)
        model[key] = deadline
      case 2:
        heap.remove(key)
        model[key] = nil
      default:
        let now = Int.random(in: 0..<300, using: &random)
        let due = heap.popDue(at: now)
        let earliest = model.values.min()
        #expect((due != nil) == (earliest.map { $0 <= now } ?? false))
        if let due {
          #expect(model[due] == earliest)
          model[due] = nil
        }
      }
      #expect(heap.count == model.count)
      #expect(heap.earliest == model.values.min())
    }
  }
}
