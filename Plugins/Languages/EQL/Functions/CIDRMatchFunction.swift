import MeanwhileData
import MeanwhileEngine

/// `cidrMatch(address, "10.0.0.0/8", …)`: whether an address lies in one of several blocks, which are constants.
enum CIDRMatchFunction {
  static let name = EQLFunctions.prefix + "cidrmatch"

  static let function = ScalarFunction(
    name: name,
    documentation: FunctionDocumentation(
      category: .eql, syntax: "cidrMatch(address, block, …)", summary: "Whether an address lies in one of several blocks.")
  ) { arguments throws(FunctionError) in
    guard let address = arguments.first, address.type == .ip || address.type == .null else {
      let found = arguments.first.map { "found value [\($0.text)] type [\($0.type.name)]" } ?? "found nothing"
      throw FunctionError("first argument of [", quotingCall: "] must be [ip], \(found)")
    }
    var networks: [IPNetwork] = []
    for argument in arguments.dropFirst() {
      guard case .bytes(let text) = argument.constant, argument.type.isString else {
        throw FunctionError("a block must be a constant text, found value [\(argument.text)] type [\(argument.type.name)]")
      }
      guard let network = IPNetwork(parsing: String(decoding: text, as: UTF8.self)) else {
        throw FunctionError("Invalid CIDR block [\(argument.text)]")
      }
      networks.append(network)
    }
    let blocks = networks
    return ScalarFunction.Resolution(
      type: .boolean,
      kernel: .eager { columns, frame in
        let result = ColumnBuilder(type: .boolean, capacity: frame.rowCount)
        for row in 0..<frame.rowCount {
          let arguments = RowArguments(columns: [columns[0]], row: row)
          guard !arguments.hasNull, let address = IPAddress(bytes: arguments.bytes(0)) else {
            result.endRow(valueCount: 0)
            continue
          }
          result.booleans.append(blocks.contains { $0.contains(address) } ? 1 : 0)
          result.endRow(valueCount: 1)
        }
        return result.finish()
      })
  }
}
