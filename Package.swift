// swift-tools-version: 6.2
// Meanwhile: a plugin-style framework for asynchronous queries, and the server built from it.
//
// Without a trait this package resolves no other package. What needs a library of its own field
// (HTTP, argument parsing) is an adapter behind a trait; see `traits` below.

import PackageDescription

let strict: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .treatAllWarnings(as: .error),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
]

/// A module of Sources/: `Sources/<name>`.
func source(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .target(name: name, dependencies: dependencies, path: "Sources/\(name)", swiftSettings: strict)
}

/// A module of Plugins/: `Plugins/<room>`, whose target carries the prefix that its folder does not.
func plugin(_ name: String, at room: String, _ dependencies: [Target.Dependency]) -> Target {
  .target(name: name, dependencies: dependencies, path: "Plugins/\(room)", swiftSettings: strict)
}

/// A program of Examples/.
func example(_ name: String, at folder: String, _ dependencies: [Target.Dependency]) -> Target {
  .executableTarget(name: name, dependencies: dependencies, path: "Examples/\(folder)", swiftSettings: strict)
}

/// The tests of one module: `Tests/<module>Tests`.
func tests(of module: String, _ dependencies: [Target.Dependency] = [], resources: [Resource] = []) -> Target {
  .testTarget(
    name: "\(module)Tests", dependencies: [.byName(name: module)] + dependencies, path: "Tests/\(module)Tests",
    resources: resources, swiftSettings: strict)
}

/// A product that only a trait brings.
func product(_ name: String, _ package: String, trait: String) -> Target.Dependency {
  .product(name: name, package: package, condition: .when(traits: [trait]))
}

/// What the HTTP adapter imports: Hummingbird's server, and of what that stands on, the parts its own channel handler and headers need.
let hummingbird: [Target.Dependency] = [
  product("HummingbirdCore", "hummingbird", trait: "HTTP"), product("HummingbirdHTTP2", "hummingbird", trait: "HTTP"),
  product("NIOSSL", "swift-nio-ssl", trait: "HTTP"), product("NIOTLS", "swift-nio", trait: "HTTP"),
  product("NIOCore", "swift-nio", trait: "HTTP"),
  product("NIOPosix", "swift-nio", trait: "HTTP"), product("NIOHTTP1", "swift-nio", trait: "HTTP"),
  product("NIOHTTPTypes", "swift-nio-extras", trait: "HTTP"), product("HTTPTypes", "swift-http-types", trait: "HTTP"),
  product("Logging", "swift-log", trait: "HTTP"),
]
let metrics = product("CoreMetrics", "swift-metrics", trait: "Metrics")
let yams = product("Yams", "Yams", trait: "YAML")
let cryptography: [Target.Dependency] = [
  product("Crypto", "swift-crypto", trait: "Security"), product("CryptoExtras", "swift-crypto", trait: "Security"),
  product("JWTKit", "jwt-kit", trait: "Security"),
]
let argumentParser = product("ArgumentParser", "swift-argument-parser", trait: "CLI")

let package = Package(
  name: "Meanwhile",
  platforms: [.macOS(.v15)],
  products: [
    .library(name: "Meanwhile", targets: ["Meanwhile"]),
    .library(name: "MeanwhileData", targets: ["MeanwhileData"]),
    .library(name: "MeanwhileEngine", targets: ["MeanwhileEngine"]),
    .library(name: "MeanwhileTestKit", targets: ["MeanwhileTestKit"]),
    .library(name: "MeanwhileESQL", targets: ["MeanwhileESQL"]),
    .library(name: "MeanwhileEQL", targets: ["MeanwhileEQL"]),
    .library(name: "MeanwhileSearch", targets: ["MeanwhileSearch"]),
    .library(name: "MeanwhileMemoryStore", targets: ["MeanwhileMemoryStore"]),
    .library(name: "MeanwhileFileStore", targets: ["MeanwhileFileStore"]),
    .library(name: "MeanwhileHTTP", targets: ["MeanwhileHTTP"]),
    .library(name: "MeanwhileCommandLine", targets: ["MeanwhileCommandLine"]),
    .library(name: "MeanwhileDocuments", targets: ["MeanwhileDocuments"]),
    .library(name: "MeanwhileCluster", targets: ["MeanwhileCluster"]),
    .library(name: "MeanwhileOpenAPI", targets: ["MeanwhileOpenAPI"]),
    .library(name: "MeanwhileMetrics", targets: ["MeanwhileMetrics"]),
    .library(name: "MeanwhileCBOR", targets: ["MeanwhileCBOR"]),
    .library(name: "MeanwhileSmile", targets: ["MeanwhileSmile"]),
    .library(name: "MeanwhileArrow", targets: ["MeanwhileArrow"]),
    .library(name: "MeanwhileYAML", targets: ["MeanwhileYAML"]),
    .library(name: "MeanwhileSecurity", targets: ["MeanwhileSecurity"]),
    .executable(name: "meanwhile", targets: ["MeanwhileCommand"]),
  ],
  traits: [
    .trait(name: "HTTP", description: "The HTTP adapter, with TLS and HTTP/2 (Hummingbird)."),
    .trait(name: "CLI", description: "The command-line adapter (swift-argument-parser)."),
    .trait(name: "Metrics", description: "Counters and timings, and a page of them for Prometheus (swift-metrics)."),
    .trait(name: "YAML", description: "YAML in bodies of requests and responses (Yams)."),
    .trait(name: "Security", description: "Users, API keys, tokens and privileges (swift-crypto, jwt-kit)."),
    .trait(
      name: "Server", description: "What most people run: every adapter the server ships with.",
      enabledTraits: ["HTTP", "CLI", "Metrics", "YAML", "Security"]),
    .default(enabledTraits: []),
  ],
  dependencies: [
    .package(url: "https://github.com/hummingbird-project/hummingbird.git", from: "2.28.1"),
    .package(url: "https://github.com/apple/swift-nio.git", from: "2.101.0"),
    .package(url: "https://github.com/apple/swift-nio-ssl.git", from: "2.37.2"),
    .package(url: "https://github.com/apple/swift-nio-extras.git", from: "1.35.0"),
    .package(url: "https://github.com/apple/swift-http-types.git", from: "1.8.0"),
    .package(url: "https://github.com/apple/swift-log.git", from: "1.14.0"),
    .package(url: "https://github.com/apple/swift-metrics.git", from: "2.13.0"),
    .package(url: "https://github.com/apple/swift-argument-parser.git", from: "1.8.2"),
    .package(url: "https://github.com/jpsim/Yams.git", from: "6.2.2"),
    .package(url: "https://github.com/apple/swift-crypto.git", from: "4.5.2"),
    .package(url: "https://github.com/vapor/jwt-kit.git", from: "5.7.1"),
  ],
  targets: [
    // Sources: arrows point one way, up this list.
    source("Meanwhile"),
    source("MeanwhileData", ["Meanwhile"]),
    source("MeanwhileEngine", ["Meanwhile", "MeanwhileData"]),
    source("MeanwhileTestKit", ["Meanwhile", "MeanwhileData", "MeanwhileEngine"]),

    // Plugins: each imports from Sources only.
    plugin("MeanwhileESQL", at: "Languages/ESQL", ["Meanwhile", "MeanwhileData", "MeanwhileEngine"]),
    plugin("MeanwhileEQL", at: "Languages/EQL", ["Meanwhile", "MeanwhileData", "MeanwhileEngine"]),
    plugin("MeanwhileSearch", at: "Languages/Search", ["Meanwhile", "MeanwhileData", "MeanwhileEngine"]),
    plugin("MeanwhileMemoryStore", at: "Stores/MemoryStore", ["Meanwhile", "MeanwhileData"]),
    plugin("MeanwhileFileStore", at: "Stores/FileStore", ["Meanwhile", "MeanwhileData"]),
    .systemLibrary(name: "CZlib", path: "Plugins/Adapters/Zlib"),
    // gzip, for the adapters that read and write it.
    plugin("MeanwhileGzip", at: "Adapters/Gzip", [.target(name: "CZlib", condition: .when(traits: ["HTTP", "CLI"]))]),
    plugin("MeanwhileHTTP", at: "Adapters/HTTPAdapter", ["Meanwhile", "MeanwhileGzip"] + hummingbird),
    plugin("MeanwhileCommandLine", at: "Adapters/CommandLineAdapter", ["Meanwhile", "MeanwhileData", "MeanwhileGzip", argumentParser]),
    plugin("MeanwhileDocuments", at: "Endpoints/Documents", ["Meanwhile", "MeanwhileData", "MeanwhileEngine"]),
    plugin("MeanwhileCluster", at: "Endpoints/Cluster", ["Meanwhile", "MeanwhileData"]),
    plugin("MeanwhileOpenAPI", at: "Endpoints/OpenAPI", ["Meanwhile"]),
    plugin("MeanwhileMetrics", at: "Observers/Metrics", ["Meanwhile", metrics]),
    plugin("MeanwhileCBOR", at: "Formats/CBOR", ["Meanwhile"]),
    plugin("MeanwhileSmile", at: "Formats/Smile", ["Meanwhile"]),
    plugin("MeanwhileArrow", at: "Formats/Arrow", ["Meanwhile", "MeanwhileData"]),
    plugin("MeanwhileYAML", at: "Formats/YAML", ["Meanwhile", yams]),
    plugin("MeanwhileSecurity", at: "Security", ["Meanwhile"] + cryptography),

    // The program: the one place of Sources that names plugins.
    .executableTarget(
      name: "MeanwhileCommand",
      dependencies: [
        "Meanwhile", "MeanwhileData", "MeanwhileEngine", "MeanwhileESQL", "MeanwhileEQL", "MeanwhileSearch",
        "MeanwhileMemoryStore", "MeanwhileFileStore", "MeanwhileHTTP", "MeanwhileCommandLine", "MeanwhileDocuments", "MeanwhileCluster",
        "MeanwhileMetrics", "MeanwhileCBOR", "MeanwhileSmile", "MeanwhileArrow", "MeanwhileYAML", "MeanwhileOpenAPI", "MeanwhileSecurity",
      ],
      path: "Sources/MeanwhileCommand", resources: [.copy("Demo")], swiftSettings: strict),

    // Examples, in the order to read them.
    example(
      "MeanwhileEmbeddedQuery", at: "01-EmbeddedQuery",
      ["Meanwhile", "MeanwhileData", "MeanwhileDocuments", "MeanwhileESQL", "MeanwhileMemoryStore"]),
    example("MeanwhileAsyncLifecycle", at: "02-AsyncLifecycle", ["Meanwhile", "MeanwhileMemoryStore"]),
    example("MeanwhileCustomLanguage", at: "03-CustomLanguage", ["Meanwhile", "MeanwhileHTTP", "MeanwhileMemoryStore"]),
    example("MeanwhileCustomStore", at: "04-CustomStore", ["Meanwhile", "MeanwhileTestKit"]),
    example(
      "MeanwhileMixAndMatchServer", at: "05-MixAndMatchServer",
      ["Meanwhile", "MeanwhileData", "MeanwhileDocuments", "MeanwhileEQL", "MeanwhileHTTP", "MeanwhileMemoryStore"]),

    // Tests: one target a module.
    .testTarget(
      name: "ExamplesTests",
      dependencies: [
        "MeanwhileEmbeddedQuery", "MeanwhileAsyncLifecycle", "MeanwhileCustomLanguage", "MeanwhileCustomStore",
        "MeanwhileMixAndMatchServer",
      ], swiftSettings: strict),
    tests(of: "Meanwhile", ["MeanwhileTestKit"]),
    tests(of: "MeanwhileData", ["Meanwhile", "MeanwhileTestKit"]),
    tests(of: "MeanwhileEngine", ["Meanwhile", "MeanwhileData"]),
    tests(of: "MeanwhileESQL", ["Meanwhile", "MeanwhileTestKit", "MeanwhileData", "MeanwhileEngine", "MeanwhileMemoryStore"]),
    tests(of: "MeanwhileEQL", ["Meanwhile", "MeanwhileTestKit", "MeanwhileData", "MeanwhileEngine", "MeanwhileMemoryStore"]),
    tests(of: "MeanwhileSearch", ["Meanwhile", "MeanwhileData", "MeanwhileEngine", "MeanwhileMemoryStore"]),
    tests(of: "MeanwhileMemoryStore", ["Meanwhile", "MeanwhileData", "MeanwhileTestKit"]),
    tests(of: "MeanwhileFileStore", ["Meanwhile", "MeanwhileData", "MeanwhileTestKit"], resources: [.copy("Fixtures")]),
    tests(
      of: "MeanwhileHTTP",
      [
        "Meanwhile", "MeanwhileGzip", "MeanwhileMemoryStore", product("NIOCore", "swift-nio", trait: "HTTP"),
        product("NIOEmbedded", "swift-nio", trait: "HTTP"), product("NIOHTTPTypes", "swift-nio-extras", trait: "HTTP"),
        product("HTTPTypes", "swift-http-types", trait: "HTTP"),
      ]),
    tests(of: "MeanwhileCommandLine", ["Meanwhile", "MeanwhileTestKit"]),
    tests(of: "MeanwhileMetrics", ["Meanwhile", metrics]),
    tests(of: "MeanwhileOpenAPI", ["Meanwhile", "MeanwhileMemoryStore"]),
    tests(of: "MeanwhileCBOR", ["Meanwhile"]),
    tests(of: "MeanwhileSmile", ["Meanwhile"]),
    tests(of: "MeanwhileArrow", ["Meanwhile", "MeanwhileData"]),
    tests(of: "MeanwhileYAML", ["Meanwhile"]),
    tests(
      of: "MeanwhileSecurity",
      [
        "Meanwhile", "MeanwhileData", "MeanwhileEngine", "MeanwhileESQL", "MeanwhileEQL", "MeanwhileSearch", "MeanwhileDocuments",
        "MeanwhileCluster", "MeanwhileMemoryStore", "MeanwhileOpenAPI",
        .target(name: "MeanwhileMetrics", condition: .when(traits: ["Metrics"])),
      ] + cryptography),
    tests(of: "MeanwhileCluster", ["Meanwhile", "MeanwhileMemoryStore"]),
    tests(
      of: "MeanwhileDocuments",
      ["Meanwhile", "MeanwhileData", "MeanwhileEngine", "MeanwhileESQL", "MeanwhileSearch", "MeanwhileMemoryStore"]),
    // The manager and the file store under simulated time, files and concurrency.
    .testTarget(
      name: "SimulationTests", dependencies: ["Meanwhile", "MeanwhileFileStore", "MeanwhileTestKit"], path: "Tests/SimulationTests",
      exclude: ["README.md"], swiftSettings: strict),
    // The executable is a dependency so that it is built: these tests run it.
    .testTarget(
      name: "EndToEndTests", dependencies: ["Meanwhile", "MeanwhileHTTP", "MeanwhileCommand"], path: "Tests/EndToEndTests",
      swiftSettings: strict),
    .testTarget(name: "ArchitectureTests", path: "Tests/ArchitectureTests", swiftSettings: strict),
  ]
)
