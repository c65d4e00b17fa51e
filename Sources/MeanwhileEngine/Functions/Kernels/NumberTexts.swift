import MeanwhileData
import Synchronization

/// The texts of whole numbers of which there are few different ones that lie close together: rows then share texts through a dictionary.
final class NumberTexts: Sendable {
  private struct Known {
    /// The least number; the others follow.
    var base: Int64
    /// By distance from the base; ``unknown`` for numbers that were not met yet.
    var ordinals: Vector<UInt32>
    var dictionary: BytesVector

    static let unknown = UInt32.max
  }

  private struct State {
    var numbers: Set<Int64> = []
    var known: Known?
    var isHopeless = false
  }

  private let state = Mutex(State())
  private static let numbersMax = 1 << 12
  private static let spreadMax: Int64 = 1 << 16

  /// - Parameter append: writes a number's text.
  /// - Returns: nil where the texts are better made row by row.
  func column(_ values: Vector<Int64>, nulls: Bitmap?, rowCount: Int, append: (Int64, VectorBuilder<UInt8>) -> Void) -> Column? {
    let (known, isHopeless) = state.withLock { ($0.known, $0.isHopeless) }
    if isHopeless { return nil }
    if let known, let ordinals = Self.ordinals(of: values, nulls, rowCount, known) {
      return Column(type: .keyword, rowCount: rowCount, values: .ordinals(ordinals, known.dictionary, isSorted: false), nulls: nulls)
    }
    guard let known = learn(values, nulls, rowCount, append), let ordinals = Self.ordinals(of: values, nulls, rowCount, known) else {
      return nil
    }
    return Column(type: .keyword, rowCount: rowCount, values: .ordinals(ordinals, known.dictionary, isSorted: false), nulls: nulls)
  }

  /// - Returns: nil where a number is not known.
  private static func ordinals(of values: Vector<Int64>, _ nulls: Bitmap?, _ rowCount: Int, _ known: Known) -> Vector<UInt32>? {
    let table = known.ordinals
    let base = known.base
    let spread = UInt64(table.count)
    var isComplete = true
    let ordinals = Vector<UInt32>(count: rowCount) { target in
      for row in 0..<rowCount {
        let distance = UInt64(bitPattern: values[row] &- base)
        let ordinal = distance < spread ? table[Int(truncatingIfNeeded: distance)] : Known.unknown
        guard ordinal == Known.unknown else {
          target[row] = ordinal
          continue
        }
        target[row] = 0
        if let nulls, nulls[row] { continue }
        isComplete = false
      }
    }
    return isComplete ? ordinals : nil
  }

  private func learn(_ values: Vector<Int64>, _ nulls: Bitmap?, _ rowCount: Int, _ append: (Int64, VectorBuilder<UInt8>) -> Void) -> Known?
  {
    state.withLock { state in
      if state.isHopeless { return nil }
      for row in 0..<rowCount where nulls?[row] != true {
        state.numbers.insert(values[row])
        guard state.numbers.count <= Self.numbersMax else { break }
      }
      guard state.numbers.count <= Self.numbersMax, let least = state.numbers.min(), let greatest = state.numbers.max(),
        UInt64(bitPattern: greatest &- least) < UInt64(Self.spreadMax)
      else {
        state = State()
        state.isHopeless = true
        return nil
      }
      let texts = BytesVectorBuilder(capacity: state.numbers.count)
      let spread = Int(greatest &- least) + 1
      let ordinals = Vector<UInt32>(count: spread) { target in
        target.initialize(repeating: Known.unknown, count: spread)
        for (ordinal, number) in state.numbers.sorted().enumerated() {
          append(number, texts.bytes)
          texts.endValue()
          target[Int(number &- least)] = UInt32(truncatingIfNeeded: ordinal)
        }
      }
      let known = Known(base: least, ordinals: ordinals, dictionary: texts.finish())
      state.known = known
      return known
    }
  }
}
