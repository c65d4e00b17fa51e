import Meanwhile
import MeanwhileData

extension Column {
  /// Columns one after another.
  ///
  /// - Throws: `circuit_breaking_exception` where their bytes would not fit into one column (4 GiB).
  static func concatenation(of parts: [Column], type: DataType) throws -> Column {
    guard parts.count != 1 else { return parts[0].expandedConstant() }
    let rowCount = parts.reduce(0) { $0 + $1.rowCount }
    guard parts.contains(where: { !$0.isAllNull }) else { return .nulls(type, rowCount: rowCount) }
    let parts = parts.map { $0.expandedConstant() }
    let hasOffsets = parts.contains { $0.offsets != nil }
    // With offsets, nulls take no slot; without, every row takes one.
    let slots = parts.map { hasOffsets ? $0.denseSlots() : nil }
    let values = try Values.concatenation(of: parts, slots: slots, type: type)
    guard hasOffsets else {
      return Column(type: type, rowCount: rowCount, values: values, nulls: concatenatedNulls(parts, rowCount: rowCount))
    }
    let starts = VectorBuilder<UInt32>(capacity: rowCount + 1)
    var end: UInt32 = 0
    starts.append(0)
    for part in parts {
      for row in 0..<part.rowCount {
        end &+= UInt32(part.slots(ofRow: row).count)
        starts.append(end)
      }
    }
    return Column(type: type, rowCount: rowCount, values: values, offsets: starts.finish())
  }

  private static func concatenatedNulls(_ parts: [Column], rowCount: Int) -> Bitmap? {
    guard parts.contains(where: { $0.nulls != nil || $0.isAllNull }) else { return nil }
    var words = [UInt64](repeating: 0, count: (rowCount + 63) / 64)
    var start = 0
    for part in parts {
      for row in 0..<part.rowCount where part.isAllNull || part.nulls.map({ $0[row] }) ?? false {
        words[(start + row) >> 6] |= 1 << UInt64((start + row) & 63)
      }
      start += part.rowCount
    }
    return Bitmap(words: Vector(words), count: rowCount)
  }

  /// The slots that hold values, in the order of the rows.
  private func denseSlots() -> [UInt32] {
    var slots: [UInt32] = []
    slots.reserveCapacity(rowCount)
    for row in 0..<rowCount { for slot in self.slots(ofRow: row) { slots.append(UInt32(truncatingIfNeeded: slot)) } }
    return slots
  }

  /// A constant written out, a slot a row; any other column as it is.
  func expandedConstant() -> Column {
    guard isConstant else { return self }
    guard rowCount > 0, !isAllNull else { return .nulls(type, rowCount: rowCount) }
    var single = self
    single.isConstant = false
    single.rowCount = 1
    return single.gather(Vector(repeating: 0, count: rowCount))
  }
}

extension Column.Values {
  /// - Parameter slots: the slots to take of each part; nil for one a row.
  fileprivate static func concatenation(of parts: [Column], slots: [[UInt32]?], type: DataType) throws -> Column.Values {
    switch type.layout {
    case .none: return .none
    case .boolean: return .booleans(fixedWidth(parts, slots, filler: 0) { if case .booleans(let values) = $0 { values } else { nil } })
    case .long: return .longs(fixedWidth(parts, slots, filler: 0) { if case .longs(let values) = $0 { values } else { nil } })
    case .double: return .doubles(fixedWidth(parts, slots, filler: 0) { if case .doubles(let values) = $0 { values } else { nil } })
    case .bytes:
      if let (dictionary, isSorted) = sharedDictionary(parts) {
        let ordinals: Vector<UInt32> = fixedWidth(parts, slots, filler: 0) {
          if case .ordinals(let values, _, _) = $0 { values } else { nil }
        }
        return .ordinals(ordinals, dictionary, isSorted: isSorted)
      }
      return .bytes(try bytes(parts, slots))
    }
  }

  private static func fixedWidth<Element: BitwiseCopyable>(
    _ parts: [Column], _ slots: [[UInt32]?], filler: Element, _ vector: (Column.Values) -> Vector<Element>?
  ) -> Vector<Element> {
    let result = VectorBuilder<Element>(capacity: parts.reduce(0) { $0 + $1.rowCount })
    for (part, slots) in Swift.zip(parts, slots) {
      guard let values = vector(part.values) else {
        if slots == nil { result.append(repeating: filler, count: part.rowCount) }
        continue
      }
      if let slots {
        for slot in slots { result.append(values[Int(slot)]) }
      } else {
        result.append(contentsOf: values.buffer)
      }
    }
    return result.finish()
  }

  /// The one dictionary that all parts use, if they do.
  private static func sharedDictionary(_ parts: [Column]) -> (BytesVector, isSorted: Bool)? {
    var found: (BytesVector, isSorted: Bool)?
    for part in parts {
      switch part.values {
      case .none: continue
      case .ordinals(_, let dictionary, let isSorted):
        if let found, !found.0.isIdentical(to: dictionary) { return nil }
        found = (dictionary, isSorted)
      default: return nil
      }
    }
    return found
  }

  private static func bytes(_ parts: [Column], _ slots: [[UInt32]?]) throws -> BytesVector {
    let result = BytesVectorBuilder(capacity: parts.reduce(0) { $0 + $1.rowCount })
    for (part, slots) in Swift.zip(parts, slots) {
      switch part.values {
      case .bytes(let values):
        if let slots {
          for slot in slots { result.append(values[Int(slot)]) }
        } else {
          for slot in 0..<values.count { result.append(values[slot]) }
        }
      case .ordinals(let ordinals, let dictionary, _):
        if let slots {
          for slot in slots { result.append(dictionary[Int(ordinals[Int(slot)])]) }
        } else {
          for slot in 0..<ordinals.count { result.append(dictionary[Int(ordinals[slot])]) }
        }
      default: if slots == nil { for _ in 0..<part.rowCount { result.endValue() } }
      }
      if result.bytes.count > Int(UInt32.max) {
        throw APIError.circuitBreaking(
          "Data too large: one column of a sort would hold [\(result.bytes.count)] bytes, which is larger than [4gb]")
      }
    }
    return result.finish()
  }
}

extension [Page] {
  /// All rows as one batch.
  ///
  /// - Throws: `CancellationError` once cancelled.
  func concatenated(_ layout: [Attribute], _ signals: QuerySignals) throws -> Page {
    if count == 1 { return self[0] }
    let rowCount = reduce(0) { $0 + $1.rowCount }
    var columns: [Column] = []
    for (channel, attribute) in layout.enumerated() {
      try signals.check()
      columns.append(
        isEmpty ? .nulls(attribute.type, rowCount: 0) : try Column.concatenation(of: map { $0.columns[channel] }, type: attribute.type))
    }
    return Page(rowCount: rowCount, columns: columns)
  }
}
