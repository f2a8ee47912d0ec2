// swift-tools-version: 6.3
import PackageDescription

// Executables that are timed beside a Python peer. Built by Benchmarks/run; source .deps/env for a plain `swift build`.
let runPaths: [LinkerSetting] =
    Context.environment["SWIFT_TRAINER_RPATH"].map { paths in
        paths.split(separator: ":").map { .unsafeFlags(["-Xlinker", "-rpath", "-Xlinker", String($0)]) }
    } ?? []

let package = Package(
    name: "benchmarks",
    platforms: [.macOS(.v15)],
    dependencies: [.package(name: "swift-trainer", path: "..")],
    targets: [
        .executableTarget(
            name: "custom-model-benchmark",
            dependencies: [.product(name: "Training", package: "swift-trainer")],
            path: "Sources/CustomModelBenchmark", linkerSettings: runPaths),
        .executableTarget(
            name: "overhead-benchmark",
            dependencies: [.product(name: "Training", package: "swift-trainer")],
            path: "Sources/OverheadBenchmark", linkerSettings: runPaths),
        // No libtorch here: the tokenizers are Swift alone.
        .executableTarget(
            name: "tokenizer-benchmark",
            dependencies: [.product(name: "Tokenization", package: "swift-trainer")],
            path: "Sources/TokenizerBenchmark"),
    ],
    swiftLanguageModes: [.v6]
)
