import MeanwhileData
import Synchronization

/// What a search asks of a text field of every row: whether its terms pass a test, or how relevant they make it.
///
/// It rides on the call of a function over the field's column. Where that column comes from a scan, the scan answers it for a whole segment by its inverted index;
/// anywhere else, and where a segment has no index, it is answered by reading the texts.
public final class TextLookup: Sendable {
  enum Question: Sendable {
    /// A boolean a row, never null.
    case passes(TextTest)
    /// A double a row; 0 where no term is found.
    case relevance(TextRelevance)
  }

  let path: String
  let analyzer: Analyzer
  private let question: Question
  /// A segment's answer once it is there; nil for a segment without an index.
  private final class Answer: Sendable {
    let column = Mutex<Column??>(nil)
  }

  /// Of each segment that was asked.
  private let answers = Mutex<[ObjectIdentifier: Answer]>([:])

  init(_ question: Question, path: String, analyzer: Analyzer) {
    self.question = question
    self.path = path
    self.analyzer = analyzer
  }

  /// The type of the column.
  var type: DataType {
    switch question {
    case .passes: .boolean
    case .relevance: .double
    }
  }

  /// The answer for all rows of a segment; nil where it has texts but no index. Of several who ask at once, one works and the others wait.
  ///
  /// - Parameter checkpoint: called now and then; throws to stop.
  func answer(in segment: Segment, checkpoint: () throws -> Void) throws -> Column? {
    let own = answers.withLock { answers in
      if let known = answers[ObjectIdentifier(segment)] { return known }
      let made = Answer()
      answers[ObjectIdentifier(segment)] = made
      return made
    }
    return try own.column.withLock { column in
      if let known = column { return known }
      let made = try answered(in: segment, checkpoint)
      column = .some(made)
      return made
    }
  }

  private func answered(in segment: Segment, _ checkpoint: () throws -> Void) throws -> Column? {
    guard let summary = segment.fields[path] else {
      return Column(constant: type == .boolean ? .boolean(false) : .double(0), type: type, rowCount: segment.rowCount)
    }
    guard summary.type == .text, let index = try segment.invertedIndex(path, analyzer: analyzer, checkpoint: checkpoint) else { return nil }
    let rowCount = segment.rowCount
    switch question {
    case .passes(let test):
      return Column(type: .boolean, rowCount: rowCount, values: .booleans(try test.rows(of: index, rowCount: rowCount)))
    case .relevance(let relevance):
      return Column(type: .double, rowCount: rowCount, values: .doubles(try relevance.scores(of: index, rowCount: rowCount)))
    }
  }

  /// The answer for some rows, by their texts.
  func answer(reading texts: Column) -> Column {
    let rowCount = texts.rowCount
    switch question {
    case .passes(let test):
      let result = Vector<UInt8>(count: rowCount) { target in
        var matcher = TextMatcher(test, analyzer: analyzer)
        for row in 0..<rowCount { (target + row).initialize(to: matcher.matches(texts, row: row) ? 1 : 0) }
      }
      return Column(type: .boolean, rowCount: rowCount, values: .booleans(result))
    case .relevance(let relevance):
      return Column(type: .double, rowCount: rowCount, values: .doubles(relevance.scores(of: texts, analyzer: analyzer)))
    }
  }
}
