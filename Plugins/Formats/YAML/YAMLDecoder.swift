#if YAML
import Meanwhile
import Yams

/// Reads one YAML document. Scalars that are not quoted mean what YAML's core schema says (YAML 1.2.2, section 10.3).
enum YAMLDecoder {
  static func decode(_ bytes: [UInt8], into json: inout JSONWriter) throws(APIError) {
    guard let text = String(validating: bytes, as: UTF8.self) else { throw .xContentParse("not valid YAML: invalid UTF-8", at: nil) }
    let root: Node?
    do {
      // Its parser nests no deeper than a thousand levels.
      root = try Parser(yaml: text, encoding: .utf8).singleRoot()
    } catch {
      throw failure(error)
    }
    guard let root else { throw .xContentParse("not valid YAML: there is nothing in it", at: nil) }
    try write(root, into: &json)
  }

  /// What an alias stands for is written wherever it stands; the writer's limit ends what would grow beyond it.
  private static func write(_ node: Node, into json: inout JSONWriter) throws(APIError) {
    switch node {
    case .scalar(let scalar): write(scalar, into: &json)
    case .sequence(let sequence):
      json.startArray()
      try json.checkLimits()
      for item in sequence { try write(item, into: &json) }
      json.endArray()
    case .mapping(let mapping):
      json.startObject()
      try json.checkLimits()
      for (name, value) in mapping {
        guard case .scalar(let name) = name else { throw .xContentParse("the name of a member is no string", at: location(of: node.mark)) }
        json.name(name.string)
        try write(value, into: &json)
      }
      json.endObject()
    case .alias: throw .xContentParse("an alias of something that is not there", at: location(of: node.mark))
    }
    try json.checkLimits()
  }

  private static func write(_ scalar: Node.Scalar, into json: inout JSONWriter) {
    let text = scalar.string
    let isPlain = scalar.style == .plain && scalar.tag == .implicit
    guard isPlain || coreTags.contains(scalar.tag.description) else { return json.string(text) }
    switch text {
    case "", "~", "null", "Null", "NULL": json.null()
    case "true", "True", "TRUE": json.bool(true)
    case "false", "False", "FALSE": json.bool(false)
    default:
      let unsigned = text.hasPrefix("+") ? String(text.dropFirst()) : text
      switch try? JSONValue.parse(unsigned) {
      case .integer?, .unsigned?, .double?: json.number(unsigned)
      default: json.string(text)
      }
    }
  }

  private static let coreTags: Set<String> = [
    "tag:yaml.org,2002:null", "tag:yaml.org,2002:bool", "tag:yaml.org,2002:int", "tag:yaml.org,2002:float",
  ]

  private static func failure(_ error: any Error) -> APIError {
    switch error as? YamlError {
    case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _), .composer(_, let problem, let mark, _):
      .xContentParse("not valid YAML: \(problem)", at: location(of: mark))
    case .duplicatedKeysInMapping(let names, _): .xContentParse("not valid YAML: duplicate field [\(names.first ?? "")]", at: nil)
    default: .xContentParse("not valid YAML", at: nil)
    }
  }

  private static func location(of mark: Mark?) -> JSONLocation? {
    mark.map { JSONLocation(line: $0.line, column: $0.column) }
  }
}
#endif
