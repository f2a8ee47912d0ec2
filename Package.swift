// swift-tools-version: 6.3
import PackageDescription

// `scripts/setup` writes `.deps/env`; source it before a plain `swift build`.
// SWIFT_TRAINER_RPATH: where this package's own executables and tests look for libtorch and Arrow.
// Library targets carry no unsafe flags, so that the package can be a versioned dependency.
let runPaths: [LinkerSetting] =
    Context.environment["SWIFT_TRAINER_RPATH"].map { paths in
        paths.split(separator: ":").map { .unsafeFlags(["-Xlinker", "-rpath", "-Xlinker", String($0)]) }
    } ?? []

// SWIFT_TRAINER_STRICT=1 (CI and our scripts): warnings are errors.
let strict: [SwiftSetting] =
    Context.environment["SWIFT_TRAINER_STRICT"] == "1" ? [.treatAllWarnings(as: .error)] : []

let settings: [SwiftSetting] =
    [
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .enableUpcomingFeature("InternalImportsByDefault"),
    ] + strict

/// A program of Examples/, in a folder of its name.
func example(_ name: String, on module: Target.Dependency) -> Target {
    .executableTarget(
        name: name, dependencies: [module], path: "Examples/\(name)", swiftSettings: settings, linkerSettings: runPaths)
}

let package = Package(
    name: "swift-trainer",
    platforms: [.macOS(.v15)],
    products: [
        .library(name: "Training", targets: ["Training"]),
        .library(name: "Tokenization", targets: ["Tokenization"]),
        .library(name: "SwiftTrainer", targets: ["SwiftTrainer"]),
        .executable(name: "trainer", targets: ["TrainerCommand"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/swiftlang/swift-docc-plugin", from: "1.5.0"),
    ],
    targets: [
        // JSON values in order, written as Python writes them
        .target(name: "OrderedJSON", swiftSettings: settings),

        // Files that are whole on the disk, locks between processes, patterns of names
        .target(name: "LocalFiles", swiftSettings: settings),

        // libtorch
        .systemLibrary(name: "LibTorch", pkgConfig: "libtorch"),
        .target(
            name: "CTorch", dependencies: ["LibTorch"], exclude: ["operators.txt"],
            cxxSettings: [.headerSearchPath("Distributed/StandIns")]),
        .target(name: "Torch", dependencies: ["CTorch", "LocalFiles", "OrderedJSON"], swiftSettings: settings),

        // Arrow C++
        .systemLibrary(name: "LibArrow", pkgConfig: "arrow"),
        .target(name: "CArrow", dependencies: ["LibArrow"]),
        .target(
            name: "Datasets", dependencies: ["CArrow", "LocalFiles", "OrderedJSON", "Yams"], swiftSettings: settings),

        // The Hugging Face Hub
        .target(
            name: "ModelHub",
            dependencies: ["LocalFiles", "OrderedJSON", .product(name: "Crypto", package: "swift-crypto")],
            swiftSettings: settings),

        .target(name: "Training", dependencies: ["Torch", "LocalFiles", "OrderedJSON"], swiftSettings: settings),
        .target(name: "Tokenization", dependencies: ["OrderedJSON"], swiftSettings: settings),
        .target(
            name: "PretrainedModels",
            dependencies: ["ModelHub", "Training", "Tokenization", "Datasets", "OrderedJSON"],
            swiftSettings: settings),
        .target(
            name: "SwiftTrainer",
            dependencies: [
                "PretrainedModels", "ModelHub", "Datasets", "Tokenization", "Training", "Torch", "OrderedJSON", "Yams",
            ],
            swiftSettings: settings),

        .executableTarget(
            name: "TrainerCommand",
            dependencies: [
                "SwiftTrainer", "OrderedJSON", "Yams",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: settings, linkerSettings: runPaths),

        example("TextClassification", on: "SwiftTrainer"),
        example("TokenClassification", on: "SwiftTrainer"),
        example("QuestionAnswering", on: "SwiftTrainer"),
        example("MaskedLanguageModel", on: "SwiftTrainer"),
        example("CausalLanguageModel", on: "SwiftTrainer"),
        example("MultipleChoice", on: "SwiftTrainer"),
        example("Regression", on: "SwiftTrainer"),
        example("SeveralLabels", on: "SwiftTrainer"),
        example("CustomModel", on: "Training"),
        example("ImageClassifier", on: "Training"),
        example("Recommender", on: "Training"),

        .testTarget(
            name: "OrderedJSONTests", dependencies: ["OrderedJSON"], exclude: ["Fixtures"], swiftSettings: settings),
        // A rank as a process of its own, for tests
        .executableTarget(
            name: "TorchRank", dependencies: ["Torch"], path: "Tests/TorchRank", swiftSettings: settings,
            linkerSettings: runPaths),
        .testTarget(
            name: "TorchTests", dependencies: ["Torch", "TorchRank"], exclude: ["Fixtures"], swiftSettings: settings,
            linkerSettings: runPaths),
        .testTarget(name: "LocalFilesTests", dependencies: ["LocalFiles"], swiftSettings: settings),
        .testTarget(
            name: "DatasetsTests", dependencies: ["Datasets", "OrderedJSON"], exclude: ["Fixtures"],
            swiftSettings: settings,
            linkerSettings: runPaths),
        .testTarget(
            name: "TokenizationTests", dependencies: ["Tokenization", "OrderedJSON"], exclude: ["Fixtures"],
            swiftSettings: settings, linkerSettings: runPaths),
        // A Hub on loopback
        .target(
            name: "HubTesting", dependencies: ["OrderedJSON"], path: "Tests/HubTesting", swiftSettings: settings),
        .testTarget(
            name: "ModelHubTests", dependencies: ["ModelHub", "HubTesting", "OrderedJSON"], swiftSettings: settings),
        .testTarget(
            name: "SwiftTrainerTests",
            dependencies: [
                "SwiftTrainer", "HubTesting", "ModelHub", "PretrainedModels", "Tokenization", "Datasets", "Training",
                "OrderedJSON", "Yams",
            ],
            exclude: ["Fixtures"], swiftSettings: settings, linkerSettings: runPaths),
        // A run that tests start on several ranks
        .executableTarget(
            name: "RankProgram", dependencies: ["Training", "OrderedJSON"], path: "Tests/RankProgram",
            swiftSettings: settings, linkerSettings: runPaths),
        .testTarget(
            name: "TrainingTests", dependencies: ["Training", "OrderedJSON", "RankProgram"], exclude: ["Fixtures"],
            swiftSettings: settings, linkerSettings: runPaths),
        .testTarget(
            name: "PretrainedModelsTests",
            dependencies: ["PretrainedModels", "Datasets", "Tokenization", "OrderedJSON"], exclude: ["Fixtures"],
            swiftSettings: settings,
            linkerSettings: runPaths),
        .testTarget(
            name: "CommandTests", dependencies: ["SwiftTrainer", "TrainerCommand", "Training", "OrderedJSON"],
            exclude: ["Fixtures"], swiftSettings: settings,
            linkerSettings: runPaths),
    ],
    swiftLanguageModes: [.v6],
    cxxLanguageStandard: .cxx20
)
