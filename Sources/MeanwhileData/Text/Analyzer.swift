/// How a text is cut into terms: what an inverted index holds and what `match` asks for. The built-in analyzers of Elasticsearch that need no dictionary.
public struct Analyzer: Sendable, Hashable {
  /// What ends and what makes a term.
  public enum Segmentation: Sendable, Hashable {
    /// Words as Unicode's text segmentation (UAX #29) finds them.
    case words
    /// Runs of letters.
    case letters
    /// Runs of what is not white space.
    case nonSpace
    /// The whole text.
    case whole
  }

  public var name: String
  public var segmentation: Segmentation
  public var isLowercasing: Bool
  /// Terms that are left out, though they count as positions.
  public var stopWords: Set<[UInt8]>
  /// Whether a term is taken to its English stem: a final `'s` goes before stop words are looked for, and Porter's algorithm does the rest.
  public var isStemming: Bool

  public static let standard = Analyzer(name: "standard", segmentation: .words, isLowercasing: true)
  public static let simple = Analyzer(name: "simple", segmentation: .letters, isLowercasing: true)
  public static let whitespace = Analyzer(name: "whitespace", segmentation: .nonSpace, isLowercasing: false)
  public static let keyword = Analyzer(name: "keyword", segmentation: .whole, isLowercasing: false)
  public static let stop = Analyzer(name: "stop", segmentation: .letters, isLowercasing: true, stopWords: englishStopWords)
  public static let english = Analyzer(
    name: "english", segmentation: .words, isLowercasing: true, stopWords: englishStopWords, isStemming: true)

  /// By the name that a mapping's `analyzer` gives; nil for one there is none of.
  public init?(named name: String) {
    guard let found = [Self.standard, .simple, .whitespace, .keyword, .stop, .english].first(where: { $0.name == name }) else { return nil }
    self = found
  }

  public init(name: String, segmentation: Segmentation, isLowercasing: Bool, stopWords: Set<[UInt8]> = [], isStemming: Bool = false) {
    self.name = name
    self.segmentation = segmentation
    self.isLowercasing = isLowercasing
    self.stopWords = stopWords
    self.isStemming = isStemming
  }

  /// A term is cut after so many bytes, as Elasticsearch's standard tokenizer cuts it after 255 characters.
  public static let termBytesMax = 1_020

  /// Lucene's English stop words.
  private static let englishStopWords = Set<[UInt8]>(
    "a an and are as at be but by for if in into is it no not of on or such that the their then there these they this to was will with"
      .split(separator: " ").map { Array($0.utf8) })

  /// The terms of a text, for queries.
  public func terms(of text: String) -> [[UInt8]] {
    var text = text
    return text.withUTF8 { bytes in
      var tokens = tokens(of: bytes)
      var found: [[UInt8]] = []
      while tokens.next() != nil { found.append(Array(tokens.term)) }
      return found
    }
  }

  /// Walks the terms of a text.
  ///
  /// - Parameters:
  ///   - utf8: must stay valid while the tokens are read.
  ///   - scratch: where terms are put, one after another; a loop over texts hands in the same one each time.
  public func tokens(
    of utf8: UnsafeBufferPointer<UInt8>, scratch: VectorBuilder<UInt8> = VectorBuilder(capacity: 64)
  ) -> TokenIterator {
    TokenIterator(utf8, analyzer: self, scratch: scratch)
  }
}
