/// Tells another encoder what `filter_path` keeps of what it is told: a filter that holds no more than the way from the root to where it is.
///
/// Objects and arrays begin on the other side only once there is something of them to keep.
struct FilteringEncoder<Base: ObjectEncoder>: ObjectEncoder {
  private var base: Base
  private let filter: FilterPath
  private var open: [Container] = []
  /// Objects and arrays that are open below one of which nothing is kept.
  private var skipped = 0
  private var hasWritten = false

  /// An object or array that has not ended.
  private struct Container {
    var isObject: Bool
    var selection: FilterPath.Selection
    /// The name of the member that comes next, and what is kept of it.
    var name: [UInt8] = []
    var nextSelection: FilterPath.Selection
    /// Whether the other encoder knows of it.
    var isWritten = false
    var isEmpty = true
  }

  init(_ base: Base, _ filter: FilterPath) {
    self.base = base
    self.filter = filter
  }

  var bytes: [UInt8] {
    get { base.bytes }
    set { base.bytes = newValue }
  }

  mutating func startObject() { start(isObject: true) }
  mutating func endObject() { end() }
  mutating func startArray() { start(isObject: false) }
  mutating func endArray() { end() }

  mutating func name(_ utf8: UnsafeBufferPointer<UInt8>) {
    guard skipped == 0, let last = open.indices.last else { return }
    open[last].isEmpty = false
    open[last].name = Array(utf8)
    open[last].nextSelection = open[last].selection.below(String(decoding: utf8, as: UTF8.self))
  }

  mutating func string(_ utf8: UnsafeBufferPointer<UInt8>) { if takesScalar() { base.string(utf8) } }
  mutating func number(_ text: UnsafeBufferPointer<UInt8>) { if takesScalar() { base.number(text) } }
  mutating func bool(_ value: Bool) { if takesScalar() { base.bool(value) } }
  mutating func null() { if takesScalar() { base.null() } }

  /// What is kept of the value that comes now.
  private var selection: FilterPath.Selection {
    guard let container = open.last else { return filter.selection }
    return container.isObject ? container.nextSelection : container.selection
  }

  private mutating func takesScalar() -> Bool {
    guard skipped == 0 else { return false }
    let selection = selection
    if let last = open.indices.last { open[last].isEmpty = false }
    guard !selection.isNothing, selection.isEverything else {
      if open.isEmpty { writeNothing() }
      return false
    }
    beginContainers()
    if let container = open.last { nameValue(of: container) }
    return true
  }

  private mutating func start(isObject: Bool) {
    guard skipped == 0 else {
      skipped += 1
      return
    }
    let selection = selection
    if let last = open.indices.last { open[last].isEmpty = false }
    guard !selection.isNothing else {
      skipped = 1
      return
    }
    open.append(Container(isObject: isObject, selection: selection, nextSelection: selection))
    if selection.isWhole { beginContainers() }
  }

  private mutating func end() {
    guard skipped == 0 else {
      skipped -= 1
      if skipped == 0, open.isEmpty { writeNothing() }
      return
    }
    // What was empty before anything was taken out stays, where it was asked for.
    if let last = open.last, !last.isWritten, last.isEmpty, last.selection.isEverything { beginContainers() }
    guard let ended = open.popLast() else { return }
    if ended.isWritten {
      if ended.isObject { base.endObject() } else { base.endArray() }
    } else if open.isEmpty {
      writeNothing()
    }
  }

  /// Begins what is open and was not begun yet.
  private mutating func beginContainers() {
    for index in open.indices where !open[index].isWritten {
      if index > 0 { nameValue(of: open[index - 1]) }
      open[index].isWritten = true
      if open[index].isObject { base.startObject() } else { base.startArray() }
    }
    hasWritten = true
  }

  private mutating func nameValue(of container: Container) {
    guard container.isObject else { return }
    container.name.withUnsafeBufferPointer { base.name($0) }
  }

  /// Of nothing that is kept, an empty object is left.
  private mutating func writeNothing() {
    guard !hasWritten else { return }
    hasWritten = true
    base.startObject()
    base.endObject()
  }
}
