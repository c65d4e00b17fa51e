/// The type of a column: ES|QL's types, which EQL and Query DSL share. What a mapping calls `short` is an ``integer`` here, `half_float` a ``double``.
public enum DataType: String, Sendable, Hashable, CaseIterable {
  case null
  case boolean
  /// 32 bits, signed; kept in 64-bit buffers, arithmetic checks the range.
  case integer
  case long
  case unsignedLong = "unsigned_long"
  case double
  case keyword
  case text
  /// Milliseconds since the Unix epoch.
  case date
  /// Nanoseconds since the Unix epoch, not before it.
  case dateNanos = "date_nanos"
  case ip
  case version
  /// The original document, JSON bytes.
  case source = "_source"
  case geoPoint = "geo_point"
  case geoShape = "geo_shape"
  case cartesianPoint = "cartesian_point"
  case cartesianShape = "cartesian_shape"
  case counterInteger = "counter_integer"
  case counterLong = "counter_long"
  case counterDouble = "counter_double"
  /// A field whose mapping type has no column, or has different types in different indices. Its values are null.
  case unsupported
  /// A calendar span (`1 month`); only ever a literal. Its value counts months and days.
  case datePeriod = "date_period"
  /// A span of time (`5 minutes`); only ever a literal. Its value is in milliseconds.
  case timeDuration = "time_duration"
  /// A reference to a document of the snapshot: segment ordinal in the high 32 bits, row in the low ones. Never leaves the engine.
  case document = "_doc"

  /// The name on the wire.
  public var name: String { rawValue }

  /// How values of this type lie in memory.
  public enum Layout: Sendable, Hashable {
    case none
    /// One `UInt8` a value, 0 or 1.
    case boolean
    /// One `Int64` a value. Unsigned longs have their sign bit flipped, so that signed comparison orders them.
    case long
    /// One `Double` a value.
    case double
    /// A run of bytes a value, whose bytewise order is the type's order: UTF-8 for strings, 16 bytes for ip (IPv4 mapped into IPv6),
    /// an order-preserving form for version.
    case bytes
  }

  public var layout: Layout {
    switch self {
    case .null, .unsupported: .none
    case .boolean: .boolean
    case .integer, .long, .unsignedLong, .date, .dateNanos, .counterInteger, .counterLong, .timeDuration, .datePeriod, .document: .long
    case .double, .counterDouble: .double
    case .keyword, .text, .ip, .version, .source, .geoPoint, .geoShape, .cartesianPoint, .cartesianShape: .bytes
    }
  }

  public var isNumeric: Bool {
    switch self {
    case .integer, .long, .unsignedLong, .double, .counterInteger, .counterLong, .counterDouble: true
    default: false
    }
  }

  public var isWholeNumber: Bool { isNumeric && layout == .long }
  public var isString: Bool { self == .keyword || self == .text }
  public var isDate: Bool { self == .date || self == .dateNanos }
  public var isTemporalAmount: Bool { self == .datePeriod || self == .timeDuration }
}
