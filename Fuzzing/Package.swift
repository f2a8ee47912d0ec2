// swift-tools-version: 6.3
import PackageDescription

// Programs that feed parsers with what libFuzzer makes up, guided by the code that it reaches; run by scripts/fuzz.
//
// A new one: a folder in Targets with a main.swift that calls `fuzz { … }`, a line in `targets`, a module in `modules`
// (with a link to its sources in Modules) if it is not there yet, and good inputs in Corpus/<target>.
let modules: [String: [Target.Dependency]] = [
    "OrderedJSON": [],
    "LocalFiles": [],
    "Tokenization": ["OrderedJSON"],
    "ModelHub": ["LocalFiles", "OrderedJSON", .product(name: "Crypto", package: "swift-crypto")],
]
let targets: [String: [Target.Dependency]] = [
    "hub-answers": ["ModelHub", "OrderedJSON"],
    "sentencepiece": ["Tokenization"],
    "tokenizer-json": ["Tokenization", "OrderedJSON"],
    "tokenizer-texts": ["Tokenization"],
    "vocabulary-files": ["Tokenization"],
]

let settings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    // Tests of parsers reach into the modules.
    .unsafeFlags(["-sanitize=fuzzer,address", "-enable-testing"]),
]
let linking: [LinkerSetting] = [.unsafeFlags(["-sanitize=fuzzer,address", "-use-ld=lld"], .when(platforms: [.linux]))]

let package = Package(
    name: "fuzzing",
    platforms: [.macOS(.v15)],
    dependencies: [.package(url: "https://github.com/apple/swift-crypto", from: "4.5.2")],
    targets: modules.map { name, dependencies in
        .target(name: name, dependencies: dependencies, path: "Modules/\(name)", swiftSettings: settings)
    } + [.target(name: "FuzzSupport", path: "Support", swiftSettings: settings)]
        + targets.map { name, dependencies in
            .executableTarget(
                name: name, dependencies: dependencies + ["FuzzSupport"], path: "Targets/\(name)",
                swiftSettings: settings, linkerSettings: linking)
        },
    swiftLanguageModes: [.v6]
)
