/// The tasks that wait for a place, fair between owners: each turn serves the next owner, so that one owner's thousand queries do not delay
/// another's first. Within an owner the order is that of arrival.
struct FairQueue {
  /// The tasks of each owner who waits, in order of arrival.
  private var lines: [String: [TaskNumber]] = [:]
  /// The owners who wait, in the order of their turns.
  private var turns: [String] = []
  private(set) var count = 0

  var isEmpty: Bool { count == 0 }

  /// How many tasks of an owner wait.
  func count(of owner: String?) -> Int { lines[owner ?? "", default: []].count }

  mutating func append(_ number: TaskNumber, of owner: String?) {
    let owner = owner ?? ""
    if lines[owner] == nil { turns.append(owner) }
    lines[owner, default: []].append(number)
    count += 1
  }

  /// Takes the next task out.
  mutating func popFirst() -> TaskNumber? {
    guard !turns.isEmpty else { return nil }
    let owner = turns.removeFirst()
    guard var line = lines[owner], !line.isEmpty else { return nil }
    let number = line.removeFirst()
    lines[owner] = line.isEmpty ? nil : line
    if !line.isEmpty { turns.append(owner) }
    count -= 1
    return number
  }

  /// Takes a task out of turn, where it is in the queue.
  mutating func remove(_ number: TaskNumber, of owner: String?) {
    let owner = owner ?? ""
    guard var line = lines[owner], let index = line.firstIndex(of: number) else { return }
    line.remove(at: index)
    lines[owner] = line.isEmpty ? nil : line
    if line.isEmpty { turns.removeAll { $0 == owner } }
    count -= 1
  }
}
