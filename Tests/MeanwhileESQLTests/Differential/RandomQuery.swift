import MeanwhileData

/// A query that grows command by command, with what the reference says that it answers so far.
struct RandomQuery {
  private(set) var text: String
  private(set) var table: ReferenceTable
  /// Whether rows are in an order in which no two of them are equal, so that it is known which come first.
  private(set) var isOrdered = false
  private var random: SeededGenerator
  /// Whether `id` still tells rows apart.
  private var hasID = true
  private var hasFork = false
  private var nameCount = 0

  init(over documents: ReferenceTable, index: String, _ random: SeededGenerator) {
    text = "FROM \(index)"
    table = documents
    self.random = random
    for _ in 0..<1 + self.random.below(4) { grow() }
  }

  private mutating func grow() {
    switch random.below(100) {
    case 0..<28: filter()
    case 28..<60: assign()
    case 60..<72: aggregate()
    case 72..<80: sort()
    case 80..<84: limit()
    case 84..<88: choose()
    case 88..<93: expand()
    case 93..<96: aggregateInline()
    case 96..<98: limitBy()
    default: fork()
    }
  }

  private mutating func newName() -> String {
    nameCount += 1
    return "x\(nameCount)"
  }

  private mutating func term(_ type: DataType, depth: Int) -> Term {
    var maker = TermMaker(random: random, columns: table.columns)
    defer { random = maker.random }
    return maker.term(type, depth: depth)
  }

  // MARK: - Row by row

  private mutating func filter() {
    let condition = term(.boolean, depth: 1 + random.below(3))
    text += "\n| WHERE \(condition.text)"
    table.rows = table.rows.filter { condition.evaluate($0).isTrue }
  }

  private mutating func assign() {
    text += "\n| EVAL "
    for number in 0..<1 + random.below(3) {
      let made = term(random.pick(Sample.types), depth: 1 + random.below(3))
      let name = newName()
      text += (number > 0 ? ", " : "") + "\(name) = \(made.text)"
      table.assign(name, made.type, table.rows.map(made.evaluate))
    }
  }

  private mutating func choose() {
    var indices = Array(table.columns.indices).filter { _ in random.chance(60) }
    if let id = table.index(of: "id"), !indices.contains(id) { indices.append(id) }
    guard !indices.isEmpty else { return }
    if random.chance(50) {
      indices.shuffle(using: &random)
      text += "\n| KEEP " + indices.map { table.columns[$0].name }.joined(separator: ", ")
      table.keep(indices)
    } else {
      let index = random.pick(indices)
      guard table.columns[index].name != "id" else { return }
      let name = newName()
      text += "\n| RENAME \(table.columns[index].name) AS \(name)"
      table.columns[index].name = name
    }
  }

  private mutating func expand() {
    let index = random.below(table.columns.count)
    guard table.columns[index].name != "id", table.rows.count < 300 else { return }
    text += "\n| MV_EXPAND \(table.columns[index].name)"
    table.rows = table.rows.flatMap { row in
      (row[index] == .null ? [.null] : row[index].elements).map { value in
        var row = row
        row[index] = value
        return row
      }
    }
    hasID = false
    isOrdered = false
  }

  // MARK: - Order

  private mutating func sort() {
    guard hasID, let id = table.index(of: "id") else { return }
    var keys: [(index: Int, isAscending: Bool, nullsFirst: Bool)] = []
    var texts: [String] = []
    for _ in 0..<random.below(3) {
      let index = random.below(table.columns.count)
      let isAscending = random.chance(50)
      let nulls: Bool? = random.chance(50) ? random.chance(50) : nil
      keys.append((index, isAscending, nulls ?? !isAscending))
      texts.append(
        table.columns[index].name + (isAscending ? (random.chance(50) ? " ASC" : "") : " DESC")
          + (nulls.map { $0 ? " NULLS FIRST" : " NULLS LAST" } ?? ""))
    }
    keys.append((id, true, false))
    text += "\n| SORT " + (texts + ["id"]).joined(separator: ", ")
    table.rows.sort { left, right in
      for key in keys {
        let choose = key.isAscending ? Self.least : Self.greatest
        guard let first = choose(left[key.index]), let second = choose(right[key.index]) else {
          if (left[key.index] == .null) == (right[key.index] == .null) { continue }
          return (left[key.index] == .null) == key.nullsFirst
        }
        if Self.precedes(first, second) { return key.isAscending }
        if Self.precedes(second, first) { return !key.isAscending }
      }
      return false
    }
    isOrdered = true
  }

  /// The order of sorting: that of values, in which the negative zero comes before the positive one.
  private static func precedes(_ left: Cell, _ right: Cell) -> Bool {
    if case .double(let left) = left, case .double(let right) = right, left == 0, right == 0 {
      return left.sign == .minus && right.sign == .plus
    }
    return left < right
  }

  private static func least(_ cell: Cell) -> Cell? { cell.elements.min(by: precedes) }
  private static func greatest(_ cell: Cell) -> Cell? { cell.elements.max(by: precedes) }

  private mutating func limit() {
    if !isOrdered { sort() }
    guard isOrdered else { return }
    let count = random.pick([0, 1, 3, 10, 1_000])
    text += "\n| LIMIT \(count)"
    table.rows = Array(table.rows.prefix(count))
  }

  private mutating func limitBy() {
    if !isOrdered { sort() }
    guard isOrdered, let key = table.index(of: random.pick(["kind", "level"])) else { return }
    let count = 1 + random.below(3)
    text += "\n| LIMIT \(count) BY \(table.columns[key].name)"
    var seen: [Cell: Int] = [:]
    table.rows = table.rows.filter { row in
      seen[row[key], default: 0] += 1
      return seen[row[key], default: 0] <= count
    }
  }

  // MARK: - Groups

  /// An aggregate of this table's rows: how a query writes it, and its value for a group of rows; nil where that depends on the order of rows.
  private mutating func aggregateTerm() -> (text: String, type: DataType, compute: ([[Cell]]) -> Cell?) {
    let aggregate = random.pick(ReferenceAggregate.all)
    let argument = aggregate.argument.map { term($0, depth: random.below(2)) }
    let condition = random.chance(25) ? term(.boolean, depth: 1) : nil
    let text = aggregate.pattern.replacing("$0", with: argument?.text ?? "") + (condition.map { " WHERE \($0.text)" } ?? "")
    return (
      text, aggregate.result,
      { rows in
        let counted = rows.filter { condition?.evaluate($0).isTrue ?? true }
        return aggregate.compute(argument.map { argument in counted.flatMap { argument.evaluate($0).elements } } ?? [], counted.count)
      }
    )
  }

  private mutating func aggregate() {
    let aggregates = (0..<1 + random.below(3)).map { _ in aggregateTerm() }
    var keys: [(name: String, text: String, term: Term)] = []
    for _ in 0..<random.below(3) {
      if random.chance(40) {
        let type = random.pick(Sample.types.filter { $0 != .double })
        let made = term(type, depth: 1)
        guard made.type == type else { continue }
        let name = newName()
        keys.append((name, "\(name) = \(made.text)", made))
      } else {
        let index = random.below(table.columns.count)
        let column = table.columns[index]
        guard column.type != .double, column.type != .text, !keys.contains(where: { $0.name == column.name }) else { continue }
        keys.append((column.name, column.name, Term(text: column.name, type: column.type) { $0[index] }))
      }
    }
    let names = aggregates.map { _ in newName() }
    var groups: [[Cell]: [[Cell]]] = keys.isEmpty ? [[]: table.rows] : [:]
    if !keys.isEmpty {
      for row in table.rows {
        // A row with several values of a key counts in the group of each.
        var combinations: [[Cell]] = [[]]
        for key in keys {
          let value = key.term.evaluate(row)
          let choices = value == .null ? [Cell.null] : Array(Set(value.elements))
          combinations = combinations.flatMap { start in choices.map { start + [$0] } }
        }
        for group in combinations { groups[group, default: []].append(row) }
      }
    }
    guard groups.count < 500 else { return }
    var rows: [[Cell]] = []
    for (group, members) in groups {
      let results = aggregates.map { $0.compute(members) }
      guard !results.contains(nil) else { return }
      rows.append(results.compactMap { $0 } + group)
    }
    text += "\n| STATS " + zip(names, aggregates).map { "\($0) = \($1.text)" }.joined(separator: ", ")
    if !keys.isEmpty { text += " BY " + keys.map(\.text).joined(separator: ", ") }
    table = ReferenceTable(
      columns: zip(names, aggregates).map { ReferenceTable.Column(name: $0, type: $1.type) }
        + keys.map { ReferenceTable.Column(name: $0.name, type: $0.term.type) },
      rows: rows)
    hasID = false
    isOrdered = false
  }

  private mutating func aggregateInline() {
    guard let key = table.index(of: random.pick(["kind", "level"])), table.rows.allSatisfy({ $0[key].elements.count < 2 }) else { return }
    let aggregate = aggregateTerm()
    let groups = Dictionary(grouping: table.rows) { $0[key] }
    let results = groups.mapValues(aggregate.compute)
    guard !results.values.contains(nil) else { return }
    let column = table.columns[key]
    let keys = table.rows.map { $0[key] }
    let name = newName()
    text += "\n| INLINE STATS \(name) = \(aggregate.text) BY \(column.name)"
    table.assign(name, aggregate.type, keys.map { (results[$0] ?? nil) ?? .null })
    table.assign(column.name, column.type, keys)
  }

  // MARK: - Branches

  private mutating func fork() {
    guard !hasFork else { return }
    hasFork = true
    let conditions = [term(.boolean, depth: 2), term(.boolean, depth: 1)]
    let added = term(random.pick(Sample.types), depth: 2)
    let name = newName()
    text += "\n| FORK (WHERE \(conditions[0].text)) (WHERE \(conditions[1].text) | EVAL \(name) = \(added.text))"
    let first = table.rows.filter { conditions[0].evaluate($0).isTrue }.map { $0 + [.text("fork1"), .null] }
    let second = table.rows.filter { conditions[1].evaluate($0).isTrue }.map { $0 + [.text("fork2"), added.evaluate($0)] }
    table.columns += [ReferenceTable.Column(name: "_fork", type: .keyword), ReferenceTable.Column(name: name, type: added.type)]
    table.rows = first + second
    hasID = false
    isOrdered = false
  }
}
