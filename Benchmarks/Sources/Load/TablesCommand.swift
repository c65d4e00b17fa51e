import ArgumentParser
import Foundation

/// Prints what was measured as tables of Markdown: medians over the rounds, and ratios of what was measured in the same round.
struct TablesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "tables", abstract: "Prints tables of a file of measurements.")

  @Argument(help: "The file that measurements were appended to.") var file: String

  func run() throws {
    let results = Results(try Measurement.read(file))
    for table in ResultTable.all where !results.subjects(of: table.work).isEmpty { print(table.rendered(results)) }
    if let targets = Target.rendered(results) { print(targets) }
  }
}

/// All measurements, to be asked.
struct Results {
  private let measurements: [Measurement]

  init(_ measurements: [Measurement]) { self.measurements = measurements }

  /// The median over the rounds; nil where nothing was measured.
  func median(_ value: String, _ work: String, _ subject: String, _ clients: Int) -> Double? {
    Self.median(all(work, subject, clients).compactMap { $0.values[value] })
  }

  /// The median over the rounds of one subject's value divided by another's.
  func ratio(_ value: String, of left: (work: String, subject: String), to right: (work: String, subject: String), _ clients: Int)
    -> Double?
  {
    let divisors = all(right.work, right.subject, clients)
    return Self.median(
      all(left.work, left.subject, clients).compactMap { measurement in
        guard let divisor = divisors.first(where: { $0.round == measurement.round })?.values[value] else { return nil }
        return measurement.values[value].map { $0 / divisor }
      })
  }

  /// Who was measured at a work, in order: subject and number of clients.
  func subjects(of work: String) -> [(subject: String, clients: Int)] {
    var found: [(subject: String, clients: Int)] = []
    for measurement in measurements where measurement.work == work {
      if !found.contains(where: { $0 == (measurement.subject, measurement.clients) }) {
        found.append((measurement.subject, measurement.clients))
      }
    }
    return found.sorted { $0.clients < $1.clients }
  }

  private func all(_ work: String, _ subject: String, _ clients: Int) -> [Measurement] {
    measurements.filter { $0.work == work && $0.subject == subject && $0.clients == clients }
  }

  private static func median(_ values: [Double]) -> Double? {
    guard !values.isEmpty else { return nil }
    let sorted = values.sorted()
    return (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
  }
}

/// A table: a row for each subject and number of clients that a work was measured with.
struct ResultTable {
  struct Column {
    var title: String
    var value: String
    /// The value is divided by this.
    var unit = 1.0
  }

  var title: String
  var work: String
  var columns: [Column]

  static let all: [ResultTable] = [
    ResultTable(
      title: "Submit, get, delete of `ROW a = 1`", work: "life",
      columns: [
        Column(title: "requests/s", value: "per_second"), Column(title: "p50 µs", value: "p50_us"),
        Column(title: "p99 µs", value: "p99_us"),
      ]),
    ResultTable(
      title: "Durable: kept submits, and commits of one row", work: "submits",
      columns: [
        Column(title: "per second", value: "per_second"), Column(title: "p50 µs", value: "p50_us"),
        Column(title: "p99 µs", value: "p99_us"),
      ]),
    ResultTable(
      title: "From a query's end to the answer of who waits", work: "wakeups",
      columns: [
        Column(title: "submit p50 µs", value: "submit_p50_us"), Column(title: "submit p99 µs", value: "submit_p99_us"),
        Column(title: "get p50 µs", value: "get_p50_us"), Column(title: "get p99 µs", value: "get_p99_us"),
      ]),
    ResultTable(
      title: "Memory of a kept task", work: "kept",
      columns: [Column(title: "bytes a task", value: "bytes_per_task"), Column(title: "submits/s", value: "per_second")]),
    ResultTable(
      title: "All wait at once, then all queries end at once", work: "crowd",
      columns: [
        Column(title: "answered", value: "answered"), Column(title: "submits: p50 ms", value: "submit_p50_us", unit: 1_000),
        Column(title: "last ms", value: "submit_max_us", unit: 1_000), Column(title: "gets: p50 ms", value: "get_p50_us", unit: 1_000),
        Column(title: "last ms", value: "get_max_us", unit: 1_000),
        Column(title: "KB a connection", value: "connection_bytes", unit: 1_000),
        Column(title: "KB a waiting task", value: "waiting_bytes", unit: 1_000),
        Column(title: "server MB", value: "server_bytes", unit: 1_000_000),
      ]),
  ]

  func rendered(_ results: Results) -> String {
    var lines = ["### \(title)", "", "| | clients | " + columns.map(\.title).joined(separator: " | ") + " |"]
    lines.append("| --- | ---: |" + columns.map { _ in " ---: |" }.joined())
    for (subject, clients) in results.subjects(of: work) {
      let cells = columns.map { column in
        results.median(column.value, work, subject, clients).map { Self.text($0 / column.unit) } ?? "–"
      }
      lines.append("| \(subject) | \(clients) | " + cells.joined(separator: " | ") + " |")
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// A number with three digits that mean something.
  static func text(_ number: Double) -> String {
    String(format: abs(number) >= 100 ? "%.0f" : abs(number) >= 10 ? "%.1f" : "%.2f", number)
  }
}

/// What was promised, and what was measured.
enum Target {
  /// Nil where nothing was measured that a target is about.
  static func rendered(_ results: Results) -> String? {
    var rows: [String] = []
    func add(_ target: String, _ clients: Int, _ measured: Double?, _ isMet: (Double) -> Bool) {
      guard let measured else { return }
      rows.append("| \(target) | \(clients) | \(ResultTable.text(measured)) | \(isMet(measured) ? "met" : "missed") |")
    }
    for clients in [1, 64] {
      add(
        "memory store: requests/s ÷ those of an empty handler ≥ 0.5", clients,
        results.ratio("per_second", of: ("life", "memory"), to: ("life", "bare"), clients)
      ) { $0 >= 0.5 }
      add(
        "file store: kept submits/s ÷ PostgreSQL's commits/s ≥ 1", clients,
        results.ratio("per_second", of: ("submits", "file"), to: ("submits", "postgresql"), clients)
      ) { $0 >= 1 }
      for subject in ["memory", "file"] {
        for kind in ["submit", "get"] {
          add(
            "\(subject) store: \(kind)'s wake-up, p99 ms < 5", clients,
            results.median("\(kind)_p99_us", "wakeups", subject, clients).map { $0 / 1_000 }
          ) { $0 < 5 }
        }
      }
    }
    for (subject, clients) in results.subjects(of: "kept") {
      add("\(subject) store: bytes a kept task < 2048", clients, results.median("bytes_per_task", "kept", subject, clients)) { $0 < 2_048 }
    }
    guard !rows.isEmpty else { return nil }
    let head = ["### Targets", "", "| target | clients | measured | |", "| --- | ---: | ---: | --- |"]
    return (head + rows).joined(separator: "\n") + "\n"
  }
}
