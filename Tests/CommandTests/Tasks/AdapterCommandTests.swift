import Foundation
import OrderedJSON
import SwiftTrainer
import Testing

/// `--lora` and `trainer merge`, with the real program.
struct AdapterCommandTests {
    let folder: TemporaryFolder
    let model: String
    let file: String

    init() throws {
        folder = try TemporaryFolder()
        model = try TinyModel.make(in: folder)
        file = try folder.write("rows.csv", TinyModel.rows(40))
    }

    private func train(_ more: [String], model: String? = nil, output: String = "out") throws -> TrainerProcess {
        try TrainerProcess.run(
            [
                "train", "--model", model ?? self.model, "--train-file", file, "--output-dir", folder.path(output),
                "--num-train-epochs", "4", "--learning-rate", "5e-3", "--save-strategy", "epoch",
                "--save-total-limit", "1",
            ] + more)
    }

    private func names(_ name: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder.path(name)).sorted()
    }

    private func scores(_ name: String) throws -> [Double] {
        let run = try TrainerProcess.run(["predict", "--model", folder.path(name), "--file", file])
        #expect(run.code == 0, "\(run.errors)")
        return try run.output.split(separator: "\n").map {
            try JSONValue(parsing: String($0))["scores"]?["good"]?.doubleValue ?? .nan
        }
    }

    @Test func fromARowToAMergedModel() throws {
        let run = try train([
            "--lora", "--lora-r", "4", "--lora-alpha", "16", "--lora-dropout", "0.05", "--lora-target-modules",
            "query,value,dense",
        ])
        #expect(run.code == 0, "\(run.errors)")
        #expect(run.errors.contains("parameters are trained"))
        let checkpoint = try #require(try names("out").first { $0.hasPrefix("checkpoint-") })
        for place in ["out", "out/" + checkpoint] {
            let files = try names(place)
            #expect(files.contains("adapter_model.safetensors") && files.contains("adapter_config.json"))
            #expect(!files.contains("model.safetensors") && !files.contains("config.json"))
        }
        let configuration = try LoRAConfiguration(folder: folder.url.appending(path: "out"))
        #expect(configuration.r == 4 && configuration.loraAlpha == 16 && configuration.loraDropout == 0.05)
        #expect(configuration.baseModelNameOrPath == model)
        #expect(configuration.modulesToSave == ["classifier", "score"])

        let result = try TrainerProcess.run(["evaluate", "--model", folder.path("out"), "--file", file])
        let accuracy = try JSONValue(parsing: result.output)["eval_accuracy"]?.doubleValue
        #expect(result.code == 0 && (0...1).contains(accuracy ?? -1), "\(result.errors)")
        let merge = try TrainerProcess.run([
            "merge", "--model", folder.path("out"), "--output-dir", folder.path("merged"),
        ])
        #expect(merge.code == 0, "\(merge.errors)")
        #expect(try names("merged").contains("model.safetensors"))
        let (adapted, merged) = (try scores("out"), try scores("merged"))
        #expect(adapted.count == 40 && zip(adapted, merged).allSatisfy { abs($0 - $1) < 1e-5 })
        #expect(try scores("out/" + checkpoint) == adapted)

        let inspection = try TrainerProcess.run(["inspect", folder.path("out")])
        #expect(inspection.code == 0 && inspection.output.contains("LoRA, r 4, alpha 16"))
        let further = try train(["--max-steps", "2"], model: folder.path("out"), output: "further")
        #expect(further.code == 0, "\(further.errors)")
        #expect(try names("further").contains("adapter_model.safetensors"))
        #expect(try LoRAConfiguration(folder: folder.url.appending(path: "further")).baseModelNameOrPath == model)
    }

    /// An adapter and a whole model of two runs never lie in one folder.
    @Test func oneFolderForBoth() throws {
        let short = ["--max-steps", "1", "--save-strategy", "no"]
        #expect(try train(short, output: "whole").code == 0)
        let beside = try train(["--lora"] + short, output: "whole")
        #expect(beside.code == 1 && beside.lastError.contains("holds a whole model"), "\(beside.errors)")
        #expect(try !names("whole").contains("adapter_config.json"))
        #expect(try train(["--lora"] + short, output: "both").code == 0)
        #expect(try names("both").contains("adapter_config.json"))
        let over = try train(short, output: "both")
        #expect(over.code == 0, "\(over.errors)")
        #expect(try names("both").allSatisfy { !$0.hasPrefix("adapter_") && $0 != "model_config.json" })
        #expect(try names("both").contains("model.safetensors"))
    }

    @Test func mistakesAreNamed() throws {
        let alone = try train(["--lora-r", "4"])
        #expect(alone.code == 64 && alone.lastError.contains("--lora-r needs --lora"))
        let rank = try train(["--lora", "--lora-r", "0"])
        #expect(rank.code == 64 && rank.lastError.contains("--lora-r is 0"))
        let target = try train(["--lora", "--lora-target-modules", "q_proj"])
        #expect(target.code == 1 && target.lastError.contains("its linear layers are query, key, value"))
        let plain = try TrainerProcess.run(["merge", "--model", model, "--output-dir", folder.path("merged")])
        #expect(plain.code == 1 && plain.lastError.contains("holds no adapter"))
        let same = try TrainerProcess.run(["merge", "--model", model, "--output-dir", model])
        #expect(same.code == 64 && same.lastError.contains("another folder"))
    }
}
