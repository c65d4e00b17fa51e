import MeanwhileData

/// Computes a function of text once for each word of a dictionary instead of once for each row, where that is less work: one argument comes as ordinals
/// into a dictionary smaller than the batch, and all others are constants.
enum DictionaryEvaluation {
  /// - Parameter compute: the function, for columns of a number of rows.
  static func evaluate(_ columns: [Column], rowCount: Int, _ compute: ([Column], Int) -> Column) -> Column {
    let varying = columns.indices.filter { !columns[$0].isConstant }
    guard varying.count == 1, let place = varying.first, columns[place].offsets == nil,
      case .ordinals(let ordinals, let dictionary, _) = columns[place].values, dictionary.count < rowCount
    else { return compute(columns, rowCount) }
    let words = Column(type: columns[place].type, rowCount: dictionary.count, values: .bytes(dictionary))
    var arguments = columns.map { column in
      var column = column
      column.rowCount = dictionary.count
      return column
    }
    arguments[place] = words
    let answers = compute(arguments, dictionary.count)
    let nulls = columns[place].nulls
    return answers.picking(
      (0..<rowCount).map { row in
        if let nulls, nulls[row] { return Column.noSlot }
        return answers.slots(ofRow: Int(ordinals[row])).first ?? Column.noSlot
      })
  }
}
