import Meanwhile
import MeanwhileData
import MeanwhileEngine

/// `CHANGE_POINT value ON key AS type, pvalue`: where a series of numbers spikes, dips, steps or bends.
struct ChangePointCommand: Command {
  static let keyword = "change_point"

  var value: NameSyntax
  /// What the series is ordered by.
  var key: NameSyntax
  var kindName: NameSyntax
  var pValueName: NameSyntax
  var range: SourceRange

  init(parsing parser: inout Parser, keyword: Token) throws(APIError) {
    value = try parser.name()
    key = try parser.accept(.on) ? parser.name() : NameSyntax(text: "@timestamp", range: keyword.range)
    kindName = NameSyntax(text: "type", range: keyword.range)
    pValueName = NameSyntax(text: "pvalue", range: keyword.range)
    if parser.isWord("as") || parser.current.kind == .as {
      try parser.advance()
      kindName = try parser.name()
      try parser.expect(.comma)
      pValueName = try parser.name()
    }
    range = keyword.range.through(parser.previous)
  }

  func analyse(_ analyser: inout Analyser) {
    let (value, key) = (analyser.column(value), analyser.column(key))
    let kind = Attribute(name: kindName.text, type: .keyword)
    let pValue = Attribute(name: pValueName.text, type: .double)
    defer {
      analyser.add(kind)
      analyser.add(pValue)
    }
    guard let value, let key else { return }
    guard value.type.isNumeric || value.type == .null else {
      return analyser.problem("change point value [\(value.name)] must be numeric", at: self.value.range)
    }
    guard ![.source, .unsupported, .geoPoint, .geoShape, .cartesianPoint, .cartesianShape].contains(key.type) else {
      return analyser.problem("change point key [\(key.name)] must be sortable", at: self.key.range)
    }
    // One row more than are looked at, so that it is known that there were more.
    let rows = Plan.limit(.sort(analyser.plan, [Plan.SortKey(.column(key))]), Plan.Window.changePointValuesMax + 1)
    let window = Plan.Window.changePoint(value, kind: kind, pValue: pValue, origin: analyser.origin(range))
    analyser.plan = .limit(.window(rows, window), Plan.Window.changePointValuesMax)
  }

  var description: String { "CHANGE_POINT \(value) ON \(key) AS \(kindName), \(pValueName)" }
}
