import MeanwhileData
import Synchronization

/// A column of a plan: something with an identity, so that two columns of one name (a field, and the column that shadows it) are never mixed up.
public struct Attribute: Sendable, Hashable {
  public struct ID: Sendable, Hashable {
    let number: UInt64
  }

  public let id: ID
  public var name: String
  public var type: DataType
  /// For ``DataType/unsupported`` columns: the mapping types behind them, sorted.
  public var originalTypes: [String]

  private static let counter = Atomic<UInt64>(0)

  /// A new attribute, different from every other.
  public init(name: String, type: DataType, originalTypes: [String] = []) {
    id = ID(number: Self.counter.add(1, ordering: .relaxed).newValue)
    self.name = name
    self.type = type
    self.originalTypes = originalTypes
  }

  /// The same column under another name.
  public func renamed(_ name: String) -> Attribute {
    var copy = self
    copy.name = name
    return copy
  }

  public static func == (left: Attribute, right: Attribute) -> Bool { left.id == right.id }
  public func hash(into hasher: inout Hasher) { hasher.combine(id) }
}
