/// What each folder's files may import: the arrows of the house, as a table.
///
/// Modules of the toolchain are free everywhere but for Foundation, which is named where it is allowed: it must stay off the paths whose length
/// grows with data.
enum ImportRules {
  struct Rule: Sendable {
    /// A folder, from the package's root.
    var folder: String
    /// Modules of this package.
    var own: Set<String> = []
    /// Modules of other packages, which only adapters may use, and Foundation.
    var foreign: Set<String> = []
  }

  static let toolchain: Set<String> = ["Swift", "Synchronization", "Glibc", "Musl", "Darwin", "Dispatch"]

  private static let sources: Set<String> = ["Meanwhile", "MeanwhileData", "MeanwhileEngine"]

  static let rules: [Rule] = [
    Rule(folder: "Sources/Meanwhile"),
    Rule(folder: "Sources/MeanwhileData", own: ["Meanwhile"]),
    Rule(folder: "Sources/MeanwhileEngine", own: ["Meanwhile", "MeanwhileData"]),
    Rule(folder: "Sources/MeanwhileTestKit", own: sources),
    Rule(folder: "Sources/MeanwhileCommand", own: sources.union(plugins), foreign: ["Foundation"]),
    Rule(folder: "Plugins/Languages/ESQL", own: sources),
    Rule(folder: "Plugins/Languages/EQL", own: sources),
    Rule(folder: "Plugins/Languages/Search", own: sources),
    Rule(folder: "Plugins/Stores/MemoryStore", own: ["Meanwhile", "MeanwhileData"]),
    Rule(folder: "Plugins/Stores/FileStore", own: ["Meanwhile", "MeanwhileData"]),
    Rule(folder: "Plugins/Endpoints/Documents", own: sources),
    Rule(folder: "Plugins/Endpoints/Cluster", own: ["Meanwhile", "MeanwhileData"]),
    Rule(folder: "Plugins/Endpoints/OpenAPI", own: ["Meanwhile"]),
    Rule(folder: "Plugins/Formats/CBOR", own: ["Meanwhile"]),
    Rule(folder: "Plugins/Formats/Smile", own: ["Meanwhile"]),
    Rule(folder: "Plugins/Formats/Arrow", own: ["Meanwhile", "MeanwhileData"]),
    Rule(folder: "Plugins/Formats/YAML", own: ["Meanwhile"], foreign: ["Yams"]),
    Rule(folder: "Plugins/Security", own: ["Meanwhile"], foreign: ["Crypto", "CryptoExtras", "JWTKit", "Foundation"]),
    Rule(folder: "Plugins/Observers/Metrics", own: ["Meanwhile"], foreign: ["CoreMetrics"]),
    Rule(folder: "Plugins/Adapters/Gzip", foreign: ["CZlib"]),
    Rule(
      folder: "Plugins/Adapters/HTTPAdapter", own: ["Meanwhile", "MeanwhileGzip"],
      foreign: [
        "HummingbirdCore", "HummingbirdHTTP2", "NIOSSL", "NIOTLS", "NIOCore", "NIOPosix", "NIOHTTP1", "NIOHTTPTypes", "HTTPTypes",
        "Logging",
      ]),
    Rule(
      folder: "Plugins/Adapters/CommandLineAdapter", own: ["Meanwhile", "MeanwhileData", "MeanwhileGzip"],
      foreign: ["ArgumentParser", "Foundation", "FoundationNetworking"]),
  ]

  /// Every plugin's module: the program alone may name them.
  private static let plugins: Set<String> = [
    "MeanwhileESQL", "MeanwhileEQL", "MeanwhileSearch", "MeanwhileMemoryStore", "MeanwhileFileStore", "MeanwhileHTTP",
    "MeanwhileCommandLine", "MeanwhileDocuments", "MeanwhileCluster", "MeanwhileMetrics", "MeanwhileCBOR", "MeanwhileSmile",
    "MeanwhileArrow", "MeanwhileYAML", "MeanwhileOpenAPI", "MeanwhileSecurity",
  ]
}
