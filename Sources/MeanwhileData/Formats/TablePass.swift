import Meanwhile

/// One going over the pages of a table, in the making of its bytes: what stands before them, how each is written, what stands behind.
public struct TablePass: Sendable {
  public var head: [UInt8]
  public var tail: [UInt8]
  /// Writes a page; the first that has rows is told.
  public var write: @Sendable (_ page: Page, _ isFirst: Bool) -> [UInt8]

  public init(head: [UInt8] = [], tail: [UInt8] = [], write: @escaping @Sendable (_ page: Page, _ isFirst: Bool) -> [UInt8]) {
    self.head = head
    self.tail = tail
    self.write = write
  }
}

extension ChunkStream {
  /// The bytes of a table, made as they are read. The table is read once a pass, and a page of it is held at a time.
  ///
  /// - Parameter passes: called when the first chunk is asked for; may read the table itself.
  public init(of table: TableStream, passes: @escaping @Sendable () async throws -> [TablePass]) {
    self.init(isImmediate: table.isImmediate) {
      let writer = TableWriter(table, passes)
      return { try await writer.next() }
    }
  }
}

/// Writes a table, pass by pass.
private actor TableWriter {
  private let table: TableStream
  private let plan: @Sendable () async throws -> [TablePass]
  private var passes: ArraySlice<TablePass>?
  private var reader: TableReader?
  private var isFirst = true

  /// Pieces are gathered until there are so many bytes: a small table is one chunk.
  private static let chunkBytesMin = 64 << 10

  init(_ table: TableStream, _ plan: @escaping @Sendable () async throws -> [TablePass]) {
    self.table = table
    self.plan = plan
  }

  func next() async throws -> [UInt8]? {
    var chunk: [UInt8] = []
    while chunk.count < Self.chunkBytesMin, let piece = try await step() {
      if chunk.isEmpty { chunk = piece } else { chunk.append(contentsOf: piece) }
    }
    return chunk.isEmpty ? nil : chunk
  }

  private func step() async throws -> [UInt8]? {
    if passes == nil { passes = try await plan()[...] }
    guard let pass = passes?.first else { return nil }
    guard let reader else {
      reader = table.read()
      isFirst = true
      return pass.head
    }
    if let page = try await reader.next() {
      defer { isFirst = false }
      return pass.write(page, isFirst)
    }
    self.reader = nil
    passes?.removeFirst()
    return pass.tail
  }
}
