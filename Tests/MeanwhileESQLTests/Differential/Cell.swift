import Meanwhile
import MeanwhileData

/// A cell of the reference evaluator: plain Swift values, nothing of the engine's layouts.
enum Cell: Hashable, Sendable {
  case null
  case boolean(Bool)
  /// An integer, a long, the milliseconds of a date, the nanoseconds of a finer one.
  case whole(Int64)
  case unsigned(UInt64)
  case double(Double)
  case text(String)
  /// Sixteen bytes; IPv4 within IPv6.
  case address([UInt8])
  case version(String)
  case several([Cell])

  /// The values one by one; none for null.
  var elements: [Cell] {
    switch self {
    case .null: []
    case .several(let cells): cells
    default: [self]
    }
  }

  /// A row's values as a cell.
  init(_ elements: [Cell]) {
    self = elements.isEmpty ? .null : elements.count == 1 ? elements[0] : .several(elements)
  }

  /// The number behind a cell of a numeric type.
  var number: Double {
    switch self {
    case .whole(let value): Double(value)
    case .unsigned(let value): Double(value)
    case .double(let value): value
    default: .nan
    }
  }

  var wholeNumber: Int64 {
    if case .whole(let value) = self { return value }
    return 0
  }

  var string: String {
    if case .text(let value) = self { return value }
    return ""
  }

  var isTrue: Bool { self == .boolean(true) }

  /// Whether one value comes before another of the same type.
  static func < (left: Cell, right: Cell) -> Bool {
    switch (left, right) {
    case (.boolean(let left), .boolean(let right)): !left && right
    case (.whole(let left), .whole(let right)): left < right
    case (.unsigned(let left), .unsigned(let right)): left < right
    case (.double, _), (_, .double): left.number < right.number
    case (.text(let left), .text(let right)): Array(left.utf8).lexicographicallyPrecedes(Array(right.utf8))
    case (.address(let left), .address(let right)): left.lexicographicallyPrecedes(right)
    case (.version(let left), .version(let right)): SemanticVersion(left) < SemanticVersion(right)
    default: false
    }
  }
}

/// A version in the order of semver.org; what is none comes after all that are.
private struct SemanticVersion {
  private let main: [Int]
  private let prerelease: [String]
  private let text: String
  private let isValid: Bool

  init(_ text: String) {
    self.text = text
    let parts = text.split(separator: "-", maxSplits: 1)
    let numbers = (parts.first ?? "").split(separator: ".", omittingEmptySubsequences: false).map { Int($0) }
    isValid = !numbers.isEmpty && numbers.allSatisfy { $0 != nil }
    main = numbers.compactMap { $0 }
    prerelease = parts.count > 1 ? parts[1].split(separator: ".").map(String.init) : []
  }

  static func < (left: SemanticVersion, right: SemanticVersion) -> Bool {
    guard left.isValid, right.isValid else {
      return left.isValid != right.isValid ? left.isValid : Array(left.text.utf8).lexicographicallyPrecedes(Array(right.text.utf8))
    }
    if left.main != right.main { return left.main.lexicographicallyPrecedes(right.main) }
    if left.prerelease.isEmpty || right.prerelease.isEmpty { return !left.prerelease.isEmpty && right.prerelease.isEmpty }
    return left.prerelease.lexicographicallyPrecedes(right.prerelease) { left, right in
      switch (Int(left), Int(right)) {
      case (let left?, let right?): left < right
      case (nil, nil): Array(left.utf8).lexicographicallyPrecedes(Array(right.utf8))
      case (let left, _): left != nil
      }
    }
  }
}
