/// Task numbers by expiry, for stores that keep their index in memory: setting and asking cost logarithmic time.
///
/// A binary heap whose outdated items are left where they are and dropped when they come up, or all at once when they outnumber the rest.
public struct ExpiryIndex: Sendable {
  private struct Item: Sendable {
    var expires: Timestamp
    var number: TaskNumber

    static func < (left: Item, right: Item) -> Bool {
      left.expires != right.expires ? left.expires < right.expires : left.number < right.number
    }
  }

  private var heap: [Item] = []
  private var current: [TaskNumber: Timestamp] = [:]

  public init() {}

  public var count: Int { current.count }

  /// Sets when a task expires, for the first time or anew.
  public mutating func set(_ number: TaskNumber, expires: Timestamp) {
    guard current.updateValue(expires, forKey: number) != expires else { return }
    push(Item(expires: expires, number: number))
    guard heap.count > 2 * current.count + 1_024 else { return }
    heap = current.map { Item(expires: $0.value, number: $0.key) }.sorted(by: <)
  }

  public mutating func remove(_ number: TaskNumber) {
    current[number] = nil
  }

  /// The tasks that expire before a moment, earliest first, at most `limit` of them.
  public mutating func numbers(before moment: Timestamp, limit: Int) -> [TaskNumber] {
    var found: [Item] = []
    while found.count < limit, let top = heap.first, top.expires < moment {
      pop()
      // The heap holds a duplicate where an expiry was changed and changed back.
      guard current[top.number] == top.expires, found.last?.number != top.number else { continue }
      found.append(top)
    }
    for item in found { push(item) }
    return found.map(\.number)
  }

  private mutating func push(_ item: Item) {
    heap.append(item)
    var at = heap.count - 1
    while at > 0, heap[at] < heap[(at - 1) / 2] {
      heap.swapAt(at, (at - 1) / 2)
      at = (at - 1) / 2
    }
  }

  private mutating func pop() {
    heap.swapAt(0, heap.count - 1)
    heap.removeLast()
    var at = 0
    while true {
      var least = at
      for child in [2 * at + 1, 2 * at + 2] where child < heap.count && heap[child] < heap[least] { least = child }
      guard least != at else { return }
      heap.swapAt(at, least)
      at = least
    }
  }
}
