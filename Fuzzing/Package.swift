// swift-tools-version: 6.3
import PackageDescription

// Programs that feed parsers with what libFuzzer makes up, guided by the code that it reaches; run by scripts/fuzz.
//
// A new one: a folder in Targets with a main.swift that calls `fuzz { … }`, a line in `targets`, a module in `modules`
// (with a link to its sources in Modules) if it is not there yet, and good inputs in Corpus/<target>.
let modules: [String: [Target.Dependency]] = [
    "OrderedJSON": [],
    "Tokenization": ["OrderedJSON"],
    // The readers of weights, without libtorch.
    "TorchFiles": ["OrderedJSON"],
    // Models as a whole, with libtorch.
    "Torch": ["CTorch", "OrderedJSON"],
    "Training": ["Torch", "OrderedJSON"],
    "PretrainedModels": ["ModelHub", "Training", "Tokenization", "OrderedJSON"],
    "ModelHub": ["OrderedJSON", .product(name: "Crypto", package: "swift-crypto")],
]
let targets: [String: [Target.Dependency]] = [
    "hub-answers": ["ModelHub", "OrderedJSON"],
    "model-config": ["PretrainedModels", "Training", "ModelHub", "OrderedJSON"],
    "safetensors": ["TorchFiles"],
    "sentencepiece": ["Tokenization"],
    "tokenizer-json": ["Tokenization", "OrderedJSON"],
    "tokenizer-texts": ["Tokenization"],
    "torch-archive": ["TorchFiles"],
    "vocabulary-files": ["Tokenization"],
]

// Files of a module that need more than it has here.
let excluded: [String: [String]] = [
    "TorchFiles": ["Serialization/Tensor+Serialized.swift"],
    // What needs Arrow.
    "PretrainedModels": ["Collation"],
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
        .target(
            name: name, dependencies: dependencies, path: "Modules/\(name)", exclude: excluded[name] ?? [],
            swiftSettings: settings)
    } + [
        .systemLibrary(name: "LibTorch", path: "Modules/LibTorch", pkgConfig: "libtorch"),
        .target(name: "CTorch", dependencies: ["LibTorch"], path: "Modules/CTorch", exclude: ["operators.txt"]),
    ] + [.target(name: "FuzzSupport", path: "Support", swiftSettings: settings)]
        + targets.map { name, dependencies in
            .executableTarget(
                name: name, dependencies: dependencies + ["FuzzSupport"], path: "Targets/\(name)",
                swiftSettings: settings, linkerSettings: linking)
        },
    swiftLanguageModes: [.v6],
    cxxLanguageStandard: .cxx20
)
