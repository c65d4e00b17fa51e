// swift-tools-version: 6.2
// Benchmarks of the server, in a package of their own: nobody who uses Meanwhile resolves or builds what is here.

import PackageDescription

let strict: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .treatAllWarnings(as: .error),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
]

func program(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .executableTarget(name: name, dependencies: dependencies, swiftSettings: strict)
}

let package = Package(
  name: "Benchmarks",
  platforms: [.macOS(.v15)],
  dependencies: [
    .package(name: "Meanwhile", path: "..", traits: ["Server"]),
    .package(url: "https://github.com/hummingbird-project/hummingbird.git", from: "2.28.1"),
    .package(url: "https://github.com/apple/swift-argument-parser.git", from: "1.8.2"),
  ],
  targets: [
    .systemLibrary(name: "CEpoll"),
    // Makes the requests, takes the times, prints the tables.
    program("Load", ["CEpoll", .product(name: "ArgumentParser", package: "swift-argument-parser")]),
    // The peer: Hummingbird with handlers that do nothing.
    program(
      "BareServer",
      [.product(name: "ArgumentParser", package: "swift-argument-parser"), .product(name: "Hummingbird", package: "hummingbird")]),
    // Meanwhile with queries that end when they are told to. Depends on the program, too, so that the server that is measured is built as well.
    program(
      "HoldServer",
      [
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "Meanwhile", package: "Meanwhile"),
        .product(name: "MeanwhileFileStore", package: "Meanwhile"),
        .product(name: "MeanwhileHTTP", package: "Meanwhile"),
        .product(name: "MeanwhileMemoryStore", package: "Meanwhile"),
        .product(name: "meanwhile", package: "Meanwhile"),
      ]),
  ]
)
