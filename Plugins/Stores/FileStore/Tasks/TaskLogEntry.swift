import Meanwhile
import MeanwhileData

/// An entry of the task log.
enum TaskLogEntry {
  /// A task's record, with its result or where that is.
  case put(TaskPut)
  case remove(TaskNumber)
  /// Begins each segment: the highest number that had been used.
  case highest(TaskNumber)

  /// What of a ``put(_:)`` stands before the bytes of record and result.
  struct TaskPut: Sendable, Hashable {
    enum Result: Sendable, Hashable {
      case none
      /// In the entry, behind the record.
      case inline(length: Int, checksum: UInt32)
      case file(ResultFile.Reference)
      /// The one that the task had before.
      case unchanged
    }

    var number: TaskNumber
    var expires: Timestamp
    /// Not written beside the record, but read in it.
    var isFinished: Bool
    var recordLength: Int
    var recordChecksum: UInt32
    var result: Result

    init(number: TaskNumber, expires: Timestamp, isFinished: Bool, recordLength: Int, recordChecksum: UInt32, result: Result) {
      self.number = number
      self.expires = expires
      self.isFinished = isFinished
      self.recordLength = recordLength
      self.recordChecksum = recordChecksum
      self.result = result
    }

    init(number: TaskNumber, expires: Timestamp, isFinished: Bool, record: [UInt8], result: Result) {
      self.init(
        number: number, expires: expires, isFinished: isFinished, recordLength: record.count,
        recordChecksum: CRC32C.checksum(record), result: result)
    }
  }

  private enum Kind: UInt8 {
    case put = 1
    case remove, highest
  }

  private enum ResultKind: UInt8 {
    case none, inline, file, unchanged
  }

  /// Of a ``put(_:)``: where the record begins.
  static let recordOffset = 1 + 8 + 8 + 4 + 4 + 1 + 8 + 8 + 4

  /// - Parameter inline: the result's bytes where the put says that they are in the entry.
  static func encode(_ put: TaskPut, record: [UInt8], inline: [UInt8] = []) -> [UInt8] {
    var writer = ByteWriter(capacity: recordOffset + record.count + inline.count)
    writer.append(Kind.put.rawValue)
    writer.append(put.number)
    writer.append(put.expires.milliseconds)
    writer.append(UInt32(put.recordLength))
    writer.append(put.recordChecksum)
    let (kind, file, length, checksum): (ResultKind, UInt64, UInt64, UInt32) =
      switch put.result {
      case .none: (.none, 0, 0, 0)
      case .inline(let length, let checksum): (.inline, 0, UInt64(length), checksum)
      case .file(let reference): (.file, reference.id, UInt64(reference.byteCount), reference.checksum)
      case .unchanged: (.unchanged, 0, 0, 0)
      }
    writer.append(kind.rawValue)
    writer.append(file)
    writer.append(length)
    writer.append(checksum)
    writer.append(contentsOf: record)
    writer.append(contentsOf: inline)
    return writer.bytes
  }

  static func encodeRemove(_ number: TaskNumber) -> [UInt8] { encode(.remove, number) }

  static func encodeHighest(_ number: TaskNumber) -> [UInt8] { encode(.highest, number) }

  private static func encode(_ kind: Kind, _ number: TaskNumber) -> [UInt8] {
    var writer = ByteWriter(capacity: 9)
    writer.append(kind.rawValue)
    writer.append(number)
    return writer.bytes
  }

  /// - Throws: ``CorruptData`` where the bytes are no entry.
  static func decode(_ bytes: UnsafeRawBufferPointer) throws(CorruptData) -> TaskLogEntry {
    var reader = ByteReader(Array(bytes.prefix(recordOffset)))
    guard let kind = Kind(rawValue: try reader.number()) else { throw CorruptData("not what the store writes") }
    let number: TaskNumber = try reader.number()
    switch kind {
    case .remove: return .remove(number)
    case .highest: return .highest(number)
    case .put:
      let expires = Timestamp(milliseconds: try reader.number())
      let recordLength = Int(try reader.number(UInt32.self))
      let recordChecksum: UInt32 = try reader.number()
      guard let resultKind = ResultKind(rawValue: try reader.number()) else { throw CorruptData("not what the store writes") }
      let file: UInt64 = try reader.number()
      guard let length = Int(exactly: try reader.number(UInt64.self)) else { throw CorruptData("not what the store writes") }
      let checksum: UInt32 = try reader.number()
      let result: TaskPut.Result =
        switch resultKind {
        case .none: .none
        case .inline: .inline(length: length, checksum: checksum)
        case .file: .file(ResultFile.Reference(id: file, byteCount: length, checksum: checksum))
        case .unchanged: .unchanged
        }
      let inlineLength = resultKind == .inline ? length : 0
      guard bytes.count - recordOffset - recordLength == inlineLength else { throw CorruptData("not what the store writes") }
      let record = Array(bytes[recordOffset..<recordOffset + recordLength])
      return .put(
        TaskPut(
          number: number, expires: expires, isFinished: TaskRecord.isFinished(inStore: record), recordLength: recordLength,
          recordChecksum: recordChecksum, result: result))
    }
  }
}
