extension Column {
  /// Bytes that the column's buffers hold, also where they are shared.
  public var byteCount: Int {
    let own: Int =
      switch values {
      case .none: 0
      case .booleans(let values): values.byteCount
      case .longs(let values): values.byteCount
      case .doubles(let values): values.byteCount
      case .bytes(let values): values.byteCount
      case .ordinals(let ordinals, let dictionary, _): ordinals.byteCount + dictionary.byteCount
      }
    return own + (offsets?.byteCount ?? 0) + (nulls?.words.byteCount ?? 0)
  }
}

extension BytesVector {
  public var byteCount: Int { offsets.byteCount + bytes.byteCount }
}
