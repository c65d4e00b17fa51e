import MeanwhileData

/// Types that an argument may have, with the names by which messages list them. Null is always accepted.
struct TypeSet: Sendable {
  let types: Set<DataType>
  let names: [String]

  init(_ types: Set<DataType>, _ names: [String]) {
    self.types = types
    self.names = names
  }

  /// Types that messages list one by one, sorted.
  init(listing types: Set<DataType>) {
    self.init(types, types.map(\.messageName).sorted())
  }

  static let numeric = TypeSet([.integer, .long, .unsignedLong, .double], ["numeric"])
  /// `numeric except unsigned_long or counter types`.
  static let signedNumeric = TypeSet([.integer, .long, .double], ["numeric except unsigned_long or counter types"])
  static let integer = TypeSet([.integer], ["integer"])
  static let wholeNumber = TypeSet([.integer, .long], ["whole number except unsigned_long or counter types"])
  static let string = TypeSet([.keyword, .text], ["string"])
  static let boolean = TypeSet([.boolean], ["boolean"])
  static let date = TypeSet([.date, .dateNanos], ["datetime", "date_nanos"])
  static let ip = TypeSet([.ip], ["ip"])
  /// Whatever has an order and an equality.
  static let comparable = TypeSet(listing: [
    .boolean, .integer, .long, .unsignedLong, .double, .keyword, .text, .date, .dateNanos, .ip, .version,
  ])
  /// Everything that a column of a query can be.
  static let representable = TypeSet(
    listing: [
      .boolean, .integer, .long, .unsignedLong, .double, .keyword, .text, .date, .dateNanos, .ip, .version, .geoPoint, .geoShape,
      .cartesianPoint, .cartesianShape,
    ])
}

extension [ScalarFunction.Argument] {
  /// - Throws: `error building [name]: expects …` where there are too few or too many.
  func expectCount(_ name: String, _ accepted: ClosedRange<Int>) throws(FunctionError) {
    guard accepted.contains(count) else { throw .wrongCount(name, accepted) }
  }

  /// - Throws: `first argument of [call] must be [types], found value [a] type [keyword]` where the argument has another type.
  func expect(_ index: Int, _ accepted: TypeSet) throws(FunctionError) {
    guard index < count else { return }
    let type = self[index].type
    guard type != .null, !accepted.types.contains(type) else { return }
    throw .argument(count == 1 ? nil : index, self[index], mustBe: accepted.names)
  }

  /// - Throws: `second argument of [call] must be a constant, received [a]` where the argument is none.
  func expectConstant(_ index: Int) throws(FunctionError) {
    guard index < count, self[index].constant == nil else { return }
    throw FunctionError(
      "\(FunctionError.ordinal(index)) argument of [", quotingCall: "] must be a constant, received [\(self[index].text)]")
  }
}

extension DataType {
  /// The type that holds both: the wider of two numbers, the finer of two dates, a keyword for two strings; nil where there is none.
  /// With null, the other.
  static func common(_ left: DataType, _ right: DataType) -> DataType? {
    if left == right { return left }
    if left == .null { return right }
    if right == .null { return left }
    if left.isString && right.isString { return .keyword }
    if left.isDate && right.isDate { return .dateNanos }
    guard left.isNumeric && right.isNumeric else { return nil }
    if left == .double || right == .double { return .double }
    if left == .unsignedLong || right == .unsignedLong { return .unsignedLong }
    return .long
  }
}
