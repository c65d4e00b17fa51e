import MeanwhileData
import MeanwhileEngine

/// The rows that a sequence or sample reads: some leading columns, then for each term whether the event fits it, then the columns of keys.
struct TermColumns {
  private let terms: [EQLPreparedQuery.TermPlan]
  private let leading: [Attribute]
  private let fits: [Attribute]
  private let keyAttributes: [Attribute]
  /// For each term and key, the column of its values; nil for an optional field that no index has.
  let keyChannels: [[Int?]]

  init(_ terms: [EQLPreparedQuery.TermPlan], before leading: [Attribute]) {
    self.terms = terms
    self.leading = leading
    fits = terms.indices.map { Attribute(name: "_term\($0)", type: .boolean) }
    var attributes: [Attribute] = []
    let first = leading.count + terms.count
    keyChannels = terms.map { term in
      term.keys.map { key -> Int? in
        guard let attribute = key.attribute else { return nil }
        if let place = attributes.firstIndex(of: attribute) { return first + place }
        attributes.append(attribute)
        return first + attributes.count - 1
      }
    }
    keyAttributes = attributes
  }

  /// The columns, in order.
  var output: [Attribute] { leading + fits + keyAttributes }

  /// Documents that fit at least one term, with the columns that say which.
  func rows(of search: EQLSearch) -> Plan {
    var conditions = terms.map(\.condition)
    var any = conditions.removeFirst()
    for condition in conditions {
      any = (try? search.query.registry.call(OperatorName.or, [any, condition])) ?? any
    }
    return .eval(search.scan(where: any), zip(fits, terms).map { Plan.Assignment($0, $1.condition) })
  }

  func fits(_ term: Int, _ page: Page, _ row: Int) -> Bool {
    let column = page.columns[leading.count + term]
    guard case .booleans(let values) = column.values, let slot = column.slots(ofRow: row).first else { return false }
    return values[slot] != 0
  }
}
