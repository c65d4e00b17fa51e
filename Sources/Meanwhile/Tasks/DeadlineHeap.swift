/// Keys with deadlines, the earliest first: a binary heap that knows where each key is, so that one can be moved or removed in logarithmic time and
/// nothing lingers until its deadline.
struct DeadlineHeap<Key: Hashable, Deadline: Comparable> {
  private var entries: [(key: Key, deadline: Deadline)] = []
  private var positions: [Key: Int] = [:]

  var count: Int { entries.count }

  /// The earliest deadline there is.
  var earliest: Deadline? { entries.first?.deadline }

  /// Sets a key's deadline, or moves it.
  mutating func set(_ key: Key, to deadline: Deadline) {
    if let position = positions[key] {
      entries[position].deadline = deadline
      siftUp(position)
      siftDown(positions[key] ?? position)
    } else {
      entries.append((key, deadline))
      positions[key] = entries.count - 1
      siftUp(entries.count - 1)
    }
  }

  mutating func remove(_ key: Key) {
    guard let position = positions.removeValue(forKey: key) else { return }
    let last = entries.removeLast()
    guard position < entries.count else { return }
    entries[position] = last
    positions[last.key] = position
    siftUp(position)
    siftDown(positions[last.key] ?? position)
  }

  /// Takes out one key whose deadline has come.
  mutating func popDue(at now: Deadline) -> Key? {
    guard let first = entries.first, first.deadline <= now else { return nil }
    remove(first.key)
    return first.key
  }

  private mutating func siftUp(_ start: Int) {
    var child = start
    while child > 0 {
      let parent = (child - 1) / 2
      guard entries[child].deadline < entries[parent].deadline else { return }
      swap(child, parent)
      child = parent
    }
  }

  private mutating func siftDown(_ start: Int) {
    var parent = start
    while true {
      var least = parent
      for child in [2 * parent + 1, 2 * parent + 2] where child < entries.count && entries[child].deadline < entries[least].deadline {
        least = child
      }
      guard least != parent else { return }
      swap(parent, least)
      parent = least
    }
  }

  private mutating func swap(_ left: Int, _ right: Int) {
    entries.swapAt(left, right)
    positions[entries[left].key] = left
    positions[entries[right].key] = right
  }
}
