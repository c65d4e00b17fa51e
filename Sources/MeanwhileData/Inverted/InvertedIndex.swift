import Meanwhile

/// The inverted index of one text field of a segment: which rows have a term, how often and where, and how long each row's text is.
///
/// In memory and in a file it is the same: a sorted dictionary, and for each term a run of bytes with its rows and one with its positions. All numbers in them are
/// variable-length, seven bits a byte, low bits first:
///
/// ```
/// rows       (row - previous row) * 2 + (1 if the term comes once), then the frequency where it comes more often; and so on for each row
/// positions  for each row, as many as its frequency: position - previous position in the row
/// ```
///
/// Positions count the terms of a row; between two values of a row there are ``positionGap`` more, so that no phrase runs over the gap.
public struct InvertedIndex: Sendable {
  /// Names the analyzer that cut the texts. A query with another must not use the index.
  public let analyzer: String
  /// Rows that have a value.
  public let documentCount: Int
  /// Terms in all of them, repetitions included.
  public let termCount: Int
  /// The different terms, ascending bytewise.
  public let terms: BytesVector
  /// For each term and one beyond: rows that have it, where its rows begin, where its positions begin.
  let entries: Vector<UInt32>
  let rows: CheckedBytes
  let positions: CheckedBytes
  /// The length of each row's text as a ``NormCode``.
  public let norms: Vector<UInt8>
  /// Makes an error that names the file of damage in it.
  var failure: @Sendable (CorruptData) -> APIError = { .internalFailure("an inverted index is damaged: \($0.reason)") }

  /// Added to positions between two values of a row.
  public static let positionGap: UInt32 = 100

  static let entryWidth = 3

  /// How many rows have a term.
  public func documentCount(ofTerm term: Int) -> Int { Int(entries[term * Self.entryWidth]) }

  /// Where a term stands in ``terms``; nil where no row has it.
  public func find(_ term: UnsafeBufferPointer<UInt8>) -> Int? {
    let place = firstTerm(from: term)
    return place < terms.count && ByteOrder.isEqual(terms[place], term) ? place : nil
  }

  /// The first term that is not less than some bytes: where those with a prefix begin.
  public func firstTerm(from bytes: UnsafeBufferPointer<UInt8>) -> Int {
    var low = 0
    var high = terms.count
    while low < high {
      let middle = (low + high) / 2
      if ByteOrder.isLess(terms[middle], bytes) { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// The rows of a term and how often each has it, in order of rows.
  public struct Postings: Sendable {
    public let rows: Vector<UInt32>
    public let frequencies: Vector<UInt32>

    public var count: Int { rows.count }
  }

  /// - Throws: ``APIError`` (500) that names file and offset where the data is damaged.
  public func postings(ofTerm term: Int) throws(APIError) -> Postings {
    do throws(CorruptData) { return try decodedPostings(ofTerm: term) } catch { throw failure(error) }
  }

  /// Sets a byte to 1 for each row that has a term: less work than its postings.
  ///
  /// - Parameter marks: a byte a row of the segment.
  /// - Throws: as ``postings(ofTerm:)``.
  public func mark(_ term: Int, in marks: UnsafeMutablePointer<UInt8>) throws(APIError) {
    do throws(CorruptData) { try markRows(ofTerm: term, in: marks) } catch { throw failure(error) }
  }

  /// The positions of a term, row after row; how many are each row's, its frequency says.
  ///
  /// - Throws: as ``postings(ofTerm:)``.
  public func positions(ofTerm term: Int, _ postings: Postings) throws(APIError) -> Vector<UInt32> {
    do throws(CorruptData) { return try decodedPositions(ofTerm: term, postings) } catch { throw failure(error) }
  }

  // MARK: Decoding

  private func decodedPostings(ofTerm term: Int) throws(CorruptData) -> Postings {
    let count = documentCount(ofTerm: term)
    // A row takes at least one byte, so a count that is no count does not fill the memory.
    let bytes = try rows.slice(start(ofTerm: term, part: 1)..<start(ofTerm: term + 1, part: 1))
    guard count <= bytes.count else { throw CorruptData("a term has more rows than bytes") }
    let found = (rows: VectorBuilder<UInt32>(capacity: count), frequencies: VectorBuilder<UInt32>(capacity: count))
    var reader = VariableLengthReader(bytes)
    var row: UInt64 = 0
    for index in 0..<count {
      let delta = reader.next()
      row += delta >> 1
      guard row < UInt64(norms.count), delta >> 1 > 0 || index == 0 else { throw CorruptData("rows of a term out of order") }
      found.rows.append(UInt32(truncatingIfNeeded: row))
      found.frequencies.append(delta & 1 == 1 ? 1 : UInt32(truncatingIfNeeded: reader.next()))
    }
    guard !reader.isOverrun else { throw CorruptData("rows of a term are cut off") }
    return Postings(rows: found.rows.finish(), frequencies: found.frequencies.finish())
  }

  private func markRows(ofTerm term: Int, in marks: UnsafeMutablePointer<UInt8>) throws(CorruptData) {
    let bytes = try rows.slice(start(ofTerm: term, part: 1)..<start(ofTerm: term + 1, part: 1))
    let count = documentCount(ofTerm: term)
    let rowCount = UInt64(norms.count)
    var at = 0
    var row: UInt64 = 0
    var isFirst = true
    var left = count
    while left > 0 {
      // Nearly all rows take one byte, or two with a frequency; which of them it is cannot be predicted, so nothing is asked.
      while left > 0, at &+ 1 < bytes.count {
        let delta = UInt64(bytes[at])
        let isSeveral = Int(truncatingIfNeeded: ~delta & 1)
        guard delta | UInt64(bytes[at &+ isSeveral]) < 0x80 else { break }
        row &+= delta >> 1
        guard row < rowCount, delta > 1 || isFirst else { throw CorruptData("rows of a term out of order") }
        isFirst = false
        marks[Int(truncatingIfNeeded: row)] = 1
        at &+= 1 &+ isSeveral
        left &-= 1
      }
      guard left > 0 else { return }
      var reader = VariableLengthReader(UnsafeBufferPointer(rebasing: bytes[at...]))
      let delta = reader.next()
      row &+= delta >> 1
      guard row < rowCount, delta > 1 || isFirst else { throw CorruptData("rows of a term out of order") }
      isFirst = false
      marks[Int(truncatingIfNeeded: row)] = 1
      if delta & 1 == 0 { _ = reader.next() }
      guard !reader.isOverrun else { throw CorruptData("rows of a term are cut off") }
      at &+= reader.at
      left &-= 1
    }
  }

  private func decodedPositions(ofTerm term: Int, _ postings: Postings) throws(CorruptData) -> Vector<UInt32> {
    let bytes = try positions.slice(start(ofTerm: term, part: 2)..<start(ofTerm: term + 1, part: 2))
    var reader = VariableLengthReader(bytes)
    let found = VectorBuilder<UInt32>(capacity: min(postings.count, bytes.count))
    for frequency in postings.frequencies.buffer {
      guard Int(frequency) <= bytes.count else { throw CorruptData("a term comes more often than it has positions") }
      var position: UInt32 = 0
      for _ in 0..<frequency {
        position = position &+ UInt32(truncatingIfNeeded: reader.next())
        found.append(position)
      }
      if reader.isOverrun { break }
    }
    guard !reader.isOverrun else { throw CorruptData("positions of a term are cut off") }
    return found.finish()
  }

  /// Where a term's rows (part 1) or positions (part 2) begin.
  func start(ofTerm term: Int, part: Int) -> Int { Int(entries[term * Self.entryWidth + part]) }
}

/// Reads numbers of seven bits a byte. Behind the end it gives zeroes, and says so.
struct VariableLengthReader {
  private let bytes: UnsafeBufferPointer<UInt8>
  /// Bytes read.
  private(set) var at = 0
  private(set) var isOverrun = false

  init(_ bytes: UnsafeBufferPointer<UInt8>) {
    self.bytes = bytes
  }

  @inline(__always)
  mutating func next() -> UInt64 {
    guard at < bytes.count else {
      isOverrun = true
      return 0
    }
    let first = bytes[at]
    at += 1
    return first < 0x80 ? UInt64(first) : rest(of: first)
  }

  private mutating func rest(of first: UInt8) -> UInt64 {
    var value = UInt64(first & 0x7F)
    var shift: UInt64 = 7
    while at < bytes.count, shift < 42 {
      let byte = bytes[at]
      at += 1
      value |= UInt64(byte & 0x7F) << shift
      if byte < 0x80 { return value }
      shift += 7
    }
    isOverrun = true
    return value
  }
}
