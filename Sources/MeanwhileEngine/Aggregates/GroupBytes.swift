import MeanwhileData

/// A run of bytes a group, or none, in one arena that is swept when most of it is out of use.
final class GroupBytes {
  private struct Place: BitwiseCopyable {
    var start: Int
    /// -1 is none.
    var length: Int
  }

  private var places = GroupBuffer(Place(start: 0, length: -1))
  private var arena = VectorBuilder<UInt8>(capacity: 256)
  private var live = 0

  var count: Int { places.count }
  var byteCount: Int { places.byteCount + arena.byteCount }

  func grow(to groupCount: Int) { places.grow(to: groupCount) }

  /// Valid until the next change.
  subscript(group: Int) -> UnsafeBufferPointer<UInt8>? {
    let place = places[group]
    return place.length < 0 ? nil : UnsafeBufferPointer(rebasing: arena.buffer[place.start..<place.start + place.length])
  }

  func set(_ group: Int, _ value: UnsafeBufferPointer<UInt8>) {
    let old = places[group]
    live += value.count - max(0, old.length)
    if old.length >= value.count {
      for index in 0..<value.count { arena[old.start + index] = value[index] }
      places[group] = Place(start: old.start, length: value.count)
      return
    }
    places[group] = Place(start: arena.count, length: value.count)
    arena.append(contentsOf: value)
    if arena.count > 4096 && arena.count > live * 4 { sweep() }
  }

  private func sweep() {
    let kept = VectorBuilder<UInt8>(capacity: live)
    for group in 0..<places.count {
      guard let value = self[group] else { continue }
      places[group].start = kept.count
      kept.append(contentsOf: value)
    }
    arena = kept
  }

  func column(_ type: DataType, groupCount: Int) -> Column {
    let builder = ColumnBuilder(type: type, capacity: groupCount)
    for group in 0..<groupCount {
      if let value = self[group] { builder.bytes.append(value) }
      builder.endRow(valueCount: self[group] == nil ? 0 : 1)
    }
    return builder.finish()
  }
}
