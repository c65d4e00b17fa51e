import MeanwhileData

/// An element of a column's flat buffers: what a generic kernel is specialised for.
public protocol FixedWidthElement: BitwiseCopyable, Sendable {
  /// A column's values of this layout.
  static func values(_ vector: Vector<Self>) -> Column.Values
  /// The vector of such values; nil for another layout.
  static func vector(_ values: Column.Values) -> Vector<Self>?
  /// What null slots hold.
  static var zero: Self { get }
}

extension UInt8: FixedWidthElement {
  public static func values(_ vector: Vector<UInt8>) -> Column.Values { .booleans(vector) }
  public static func vector(_ values: Column.Values) -> Vector<UInt8>? {
    if case .booleans(let vector) = values { vector } else { nil }
  }
}

extension Int64: FixedWidthElement {
  public static func values(_ vector: Vector<Int64>) -> Column.Values { .longs(vector) }
  public static func vector(_ values: Column.Values) -> Vector<Int64>? {
    if case .longs(let vector) = values { vector } else { nil }
  }
}

extension Double: FixedWidthElement {
  public static func values(_ vector: Vector<Double>) -> Column.Values { .doubles(vector) }
  public static func vector(_ values: Column.Values) -> Vector<Double>? {
    if case .doubles(let vector) = values { vector } else { nil }
  }
}
