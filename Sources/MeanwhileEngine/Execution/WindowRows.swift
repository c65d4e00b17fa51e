import Meanwhile
import MeanwhileData

/// Computes a ``Plan/Window`` over all rows of a stage.
struct WindowRows: Sendable {
  private let window: Plan.Window
  /// The columns of the rows.
  private let layout: [Attribute]
  /// The columns that come out.
  private let columns: [Attribute]

  init(_ window: Plan.Window, layout: [Attribute], columns: [Attribute]) {
    self.window = window
    self.layout = layout
    self.columns = columns
  }

  func apply(to pages: [Page], _ scope: StageScope) throws -> [Page] {
    guard !pages.isEmpty else { return [] }
    let size = pages.reduce(0) { $0 + 2 * $1.byteCount }
    try scope.memory.reserve(size)
    defer { scope.memory.release(size) }
    let all = try pages.concatenated(layout, scope.signals)
    var frame = scope.frame.over(all)
    frame.origin = window.origin
    let made = try window.compute(try window.inputs.map { try column($0, of: all) }, frame)
    guard made.count == window.outputs.count else { throw APIError.internalFailure("[\(window.name)] gave \(made.count) columns") }
    let output = try columns.map { attribute in
      try window.outputs.firstIndex(of: attribute).map { made[$0] } ?? column(attribute, of: all)
    }
    return Page(rowCount: all.rowCount, columns: output).slices(rowCountMax: Page.rowCountMax)
  }

  private func column(_ attribute: Attribute, of page: Page) throws -> Column {
    guard let place = layout.firstIndex(of: attribute) else {
      throw APIError.internalFailure("the plan lacks the column [\(attribute.name)]")
    }
    return page.columns[place]
  }
}
