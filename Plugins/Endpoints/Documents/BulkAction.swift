import Meanwhile
import MeanwhileData

/// One action line of a bulk body.
struct BulkAction: Sendable, Hashable {
  enum Kind: String, Sendable {
    case index, create, update, delete
  }

  var kind: Kind
  /// Nil: the one of the request's path.
  var index: String?
  var id: String?
  var ifSequenceNumber: Int64?
  var retriesMax = 0

  private static let textMembers: Set<String> = [
    "_index", "_id", "routing", "_routing", "pipeline", "version_type", "op_type", "require_alias", "require_data_stream", "version",
    "if_seq_no",
    "if_primary_term", "retry_on_conflict", "dynamic_templates", "list_executed_pipelines", "_source",
  ]

  /// - Parameter number: of the line, from 1, for errors.
  /// - Throws: `illegal_argument_exception` (400) for a line that is no action.
  init(_ line: ArraySlice<UInt8>, number: Int) throws {
    let value: JSONValue
    do throws(JSONSyntaxError) { value = try JSONValue.parse(line) } catch {
      throw APIError.xContentParse(error.reason, at: JSONLocation(line: number, column: error.location.column))
    }
    func malformed(_ rest: String) -> APIError { .illegalArgument("Malformed action/metadata line [\(number)], expected \(rest)") }
    guard case .object(let object) = value else { throw malformed("START_OBJECT but found [\(value.tokenName)]") }
    guard let member = object.members.first else { throw malformed("FIELD_NAME but found [END_OBJECT]") }
    guard let kind = Kind(rawValue: member.name) else {
      throw malformed("field [create], [delete], [index] or [update] but found [\(member.name)]")
    }
    guard case .object(let parts) = member.value else { throw malformed("START_OBJECT but found [\(member.value.tokenName)]") }
    guard object.count == 1 else { throw malformed("END_OBJECT but found [FIELD_NAME]") }
    self.kind = kind
    for part in parts.members {
      guard Self.textMembers.contains(part.name) else {
        throw APIError.illegalArgument("Action/metadata line [\(number)] contains an unknown parameter [\(part.name)]")
      }
      if part.value.object != nil || part.value.array != nil, part.name != "dynamic_templates", part.name != "_source" {
        throw malformed("a simple value for field [\(part.name)] but found [\(part.value.tokenName)]")
      }
      switch part.name {
      case "_index": index = Self.text(part.value)
      case "_id": id = Self.text(part.value)
      case "if_seq_no": ifSequenceNumber = part.value.int
      case "retry_on_conflict": retriesMax = part.value.int.flatMap { Int(exactly: $0) } ?? 0
      default: break
      }
    }
  }

  private static func text(_ value: JSONValue) -> String? {
    value.string ?? (value.isNull ? nil : String(decoding: value.encoded(), as: UTF8.self))
  }
}
