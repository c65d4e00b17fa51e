import Foundation
import Meanwhile

/// The demo data that the project ships: web-server log events, process and security events, and a few people.
///
/// `Demo/generate.py` makes the files, the same bytes every time. They go in the way a client's data would: an index is created with its mapping and
/// filled by `_bulk`. An index that is there already is left alone, so that a second start with `--demo` adds nothing twice.
struct DemoData {
  /// The names of the indices, which are also those of the files.
  static let indices = ["access", "process", "people"]

  /// Where the files are: SwiftPM puts a target's resources beside the program.
  let folder: URL

  /// - Throws: ``APIError`` where the program was moved without its resources.
  init() throws {
    let program = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
    let candidates = [program, Bundle.main.executableURL].compactMap { $0 }.flatMap { program in
      ["resources", "bundle"].map {
        program.deletingLastPathComponent().appendingPathComponent("Meanwhile_MeanwhileCommand.\($0)/Demo")
      }
    }
    guard let folder = candidates.first(where: { FileManager.default.fileExists(atPath: $0.path) }) else {
      throw APIError.internalFailure(
        "the demo data is not beside the program; keep [Meanwhile_MeanwhileCommand.resources] in the program's folder")
    }
    self.folder = folder
  }

  /// Fills a service.
  ///
  /// - Returns: the indices that were made, with the number of their documents.
  func load(into service: Service) async throws -> [(index: String, documents: Int)] {
    var made: [(index: String, documents: Int)] = []
    for index in Self.indices {
      guard await service.respond(to: EndpointRequest(.head, "/\(index)", principal: .local)).status == 404 else { continue }
      let mapping = try JSONValue.parse(try Data(contentsOf: folder.appendingPathComponent("\(index).mapping.json")))
      try await send(EndpointRequest(.put, "/\(index)", json: ["mappings": mapping]), to: service)
      let documents = try Data(contentsOf: folder.appendingPathComponent("\(index).ndjson")).split(separator: UInt8(ascii: "\n"))
      var body: [UInt8] = []
      for document in documents {
        body.append(contentsOf: "{\"index\":{}}\n".utf8)
        body.append(contentsOf: document)
        body.append(UInt8(ascii: "\n"))
      }
      let answer = try await send(
        EndpointRequest(
          method: .post, path: "/\(index)/_bulk", parameters: ["refresh": "true"], headers: ["Content-Type": "application/x-ndjson"],
          body: ChunkStream([body])), to: service)
      guard answer["errors"]?.bool == false else { throw APIError.internalFailure("the demo data for [\(index)] was refused in part") }
      made.append((index, documents.count))
    }
    return made
  }

  @discardableResult
  private func send(_ request: EndpointRequest, to service: Service) async throws -> JSONValue {
    var request = request
    request.principal = .local
    let response = await service.respond(to: request)
    let answer = try JSONValue.parse(try await response.collectBody())
    guard response.status < 300 else {
      throw APIError.internalFailure("demo data: \(request.method.rawValue) \(request.path): \(answer["error"]?["reason"]?.string ?? "")")
    }
    return answer
  }
}
