import Foundation
import Testing

@testable import Torch

private let shared = SerializationFixtures.shared

/// The shared folder's files of Python, where it is there.
@Suite(.enabled(if: shared != nil)) struct SerializationGoldenTests {
    private func checkpoint(_ name: String) throws -> URL {
        try #require(shared).appending(path: "golden/python-checkpoint/checkpoint-7/\(name)")
    }

    private func contents() throws -> [String: Any] {
        let url = try #require(shared).appending(path: "golden/python-checkpoint/runs.json")
        let runs = try JSONSerialization.jsonObject(with: Data(contentsOf: url)) as? [String: Any]
        return try #require(runs?["checkpoint_contents"] as? [String: Any])
    }

    /// Foundation's JSON reader may be a few units in the last place off.
    private func isClose(_ left: Double?, _ right: Double?) -> Bool {
        guard let left, let right else { return false }
        return abs(left - right) <= 1e-14 * abs(right)
    }

    @Test func optimizer() throws {
        let value = try TorchArchive.load(try checkpoint("optimizer.pt"))
        let contents = try contents()
        let groups = try #require(contents["optimizer_groups"] as? [[String: Any]])
        let read = try #require(value["param_groups"]?.elements)
        #expect(read.count == groups.count)
        for (group, expected) in zip(read, groups) {
            #expect(Set(group.dictionaryValue?.entries.compactMap(\.key.stringValue) ?? []) == Set(expected.keys))
            for key in ["lr", "initial_lr", "eps", "weight_decay"] {
                #expect(isClose(group[key]?.doubleValue, expected[key] as? Double))
            }
            #expect(group["params"]?.elements?.map(\.intValue) == expected["params"] as? [Int])
            #expect(group["betas"]?.elements?.map(\.doubleValue) == expected["betas"] as? [Double])
        }
        let states = try #require(contents["optimizer_state"] as? [String: [String: Any]])
        let readStates = try #require(value["state"]?.dictionaryValue)
        #expect(readStates.entries.count == states.count)
        for entry in readStates.entries {
            let number = try #require(entry.key.intValue)
            let expected = try #require(states[String(number)])
            #expect(entry.value["step"]?.tensorValue?.elements(as: Float.self) == [7])
            for key in ["exp_avg", "exp_avg_sq"] {
                let stats = try #require(expected[key] as? [String: Any])
                let tensor = try #require(entry.value[key]?.tensorValue)
                let elements = try #require(tensor.elements(as: Float.self))
                #expect(tensor.shape == stats["shape"] as? [Int])
                let sum = try #require(stats["sum"] as? Double)
                let ours = elements.reduce(0) { $0 + Double($1) }
                #expect(abs(sum - ours) <= 1e-9 * max(1, elements.reduce(0) { $0 + abs(Double($1)) }))
            }
        }
    }

    @Test func scheduler() throws {
        let value = try TorchArchive.load(try checkpoint("scheduler.pt"))
        let contents = try contents()
        let scheduler = try #require(contents["scheduler"] as? [String: Any])
        #expect(
            value.dictionaryValue?.entries.compactMap(\.key.stringValue) == contents["scheduler_keys"] as? [String])
        #expect(value["last_epoch"]?.intValue == scheduler["last_epoch"] as? Int)
        let rates = try #require(scheduler["_last_lr"] as? [Double])
        for (rate, expected) in zip(value["_last_lr"]?.elements ?? [], rates) {
            #expect(isClose(rate.doubleValue, expected))
        }
        #expect(value["_last_lr"]?.elements?.count == rates.count)
    }

    @Test func randomStates() throws {
        let value = try TorchArchive.load(try checkpoint("rng_state.pth"))
        let contents = try contents()
        #expect(value.dictionaryValue?.entries.compactMap(\.key.stringValue) == contents["rng_keys"] as? [String])
        let python = try #require(value["python"]?.pythonRandomState)
        #expect(python.key.prefix(4).map(Int.init) == contents["python_random_head"] as? [Int])
        let numpy = try #require(contents["numpy"] as? [Any])
        let state = try #require(value["numpy"]?.numpyRandomState)
        #expect(state.key.prefix(4).map(Int.init) == numpy[1] as? [Int] && state.position == numpy[2] as? Int)
        #expect(value["cpu"]?.tensorValue?.byteCount == contents["cpu_state_bytes"] as? Int)
    }

    @Test(arguments: ["optimizer.pt", "scheduler.pt", "rng_state.pth"])
    func pythonsPicklesAreWrittenAgain(file: String) throws {
        let url = try checkpoint(file)
        let bytes = Array(try Data(contentsOf: url))
        let entry = try bytes.withUnsafeBytes { try ZipReader($0, file: file).entries }.first
        let range = try #require(entry).data
        let pickle = try Pickler(TorchArchive.load(url)).bytes
        #expect(pickle == Array(bytes[range]))
    }

    @Test func trainingArgumentsAreNoPlainData() throws {
        let error = #expect(throws: TorchArchiveError.self) {
            try TorchArchive.load(try checkpoint("training_args.bin"))
        }
        #expect(error?.description.contains("TrainingArguments") == true)
    }

    @Test func safetensorsFilesAreWrittenAgain() throws {
        let root = try #require(shared).resolvingSymlinksInPath()
        let enumerator = try #require(FileManager.default.enumerator(at: root, includingPropertiesForKeys: nil))
        var written = 0
        for case let url as URL in enumerator where url.pathExtension == "safetensors" {
            let file: SafetensorsFile
            do {
                file = try SafetensorsFile(url: url)
            } catch SafetensorsError.unsupportedType {
                continue
            }
            // Files of other writers have other orders; reading back what we wrote tells as much.
            let folder = try TemporaryFolder()
            try Safetensors.write(file.tensors, metadata: file.metadata, to: folder.file("copy"))
            let copy = try SafetensorsFile(url: folder.file("copy"))
            #expect(copy.metadata == file.metadata && copy.tensors.count == file.tensors.count)
            for (name, tensor) in file.tensors { #expect(copy[name] == tensor, "\(url.lastPathComponent): \(name)") }
            if url.path.contains("python-checkpoint") {
                #expect(try Data(contentsOf: folder.file("copy")) == Data(contentsOf: url))
            }
            written += 1
        }
        #expect(written > 0)
    }
}
