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
    "Datasets": ["CArrow", "LocalFiles", "OrderedJSON", "Yams"],
    // The readers of weights, without libtorch.
    "TorchFiles": ["LocalFiles", "OrderedJSON"],
    // Models as a whole, with libtorch.
    "Torch": ["CTorch", "LocalFiles", "OrderedJSON"],
    "Training": ["Torch", "LocalFiles", "OrderedJSON"],
    "PretrainedModels": ["ModelHub", "Datasets", "Training", "Tokenization", "OrderedJSON"],
    "ModelHub": ["LocalFiles", "OrderedJSON", .product(name: "Crypto", package: "swift-crypto")],
]
let targets: [String: [Target.Dependency]] = [
    "arrow": ["Datasets", "TableSupport"],
    "csv": ["Datasets", "TableSupport"],
    "hub-answers": ["LocalFiles", "ModelHub", "OrderedJSON"],
    "json": ["Datasets", "OrderedJSON", "TableSupport"],
    "json-lines": ["Datasets", "TableSupport"],
    "model-config": ["PretrainedModels", "Training", "ModelHub", "OrderedJSON"],
    "parquet": ["Datasets", "TableSupport"],
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
let linking: [LinkerSetting] = [
    .unsafeFlags(["-sanitize=fuzzer,address", "-use-ld=lld"], .when(platforms: [.linux])),
    .unsafeFlags(
        (Context.environment["SWIFT_TRAINER_RPATH"] ?? "").split(separator: ":").flatMap {
            ["-Xlinker", "-rpath", "-Xlinker", String($0)]
        }),
]

let package = Package(
    name: "fuzzing",
    platforms: [.macOS(.v15)],
    dependencies: [
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    ],
    targets: [
        .systemLibrary(name: "LibArrow", path: "Modules/LibArrow", pkgConfig: "arrow"),
        .target(
            name: "CArrow", dependencies: ["LibArrow"], path: "Modules/CArrow",
            cxxSettings: [.unsafeFlags(["-fsanitize=fuzzer-no-link,address"])]),
        .systemLibrary(name: "LibTorch", path: "Modules/LibTorch", pkgConfig: "libtorch"),
        .target(name: "CTorch", dependencies: ["LibTorch"], path: "Modules/CTorch", exclude: ["operators.txt"]),
        .target(name: "FuzzSupport", path: "Support/FuzzSupport", swiftSettings: settings),
        .target(
            name: "TableSupport", dependencies: ["FuzzSupport", "Datasets"], path: "Support/TableSupport",
            swiftSettings: settings),
    ]
        + modules.map { name, dependencies in
            .target(
                name: name, dependencies: dependencies, path: "Modules/\(name)", exclude: excluded[name] ?? [],
                swiftSettings: settings)
        }
        + targets.map { name, dependencies in
            .executableTarget(
                name: name, dependencies: dependencies + ["FuzzSupport"], path: "Targets/\(name)",
                swiftSettings: settings, linkerSettings: linking)
        },
    swiftLanguageModes: [.v6],
    cxxLanguageStandard: .cxx20
)
