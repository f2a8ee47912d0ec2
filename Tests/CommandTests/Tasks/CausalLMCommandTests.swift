import Foundation
import OrderedJSON
import SwiftTrainer
import Testing

/// `trainer train --task causal-lm`, and texts that go on.
struct CausalLMCommandTests {
    @Test func trainsMeasuresAndGoesOn() throws {
        let folder = try TemporaryFolder()
        let model = try TinyModel.make(in: folder)
        let words = try AutoConfig.fromPretrained(folder: model)["vocab_size"] ?? 0
        let configuration = ModelConfiguration([
            "model_type": "gpt2", "vocab_size": words, "n_embd": 16, "n_layer": 1, "n_head": 2, "n_positions": 32,
            "bos_token_id": 2, "eos_token_id": 3,
        ])
        setSeed(1)
        try AutoModelForCausalLM.fromConfig(configuration).savePretrained(model)
        let file = try folder.write(
            "train.txt", String(repeating: "the good film\nthe good film\na bad film\n", count: 40))
        let run = try TrainerProcess.run([
            "train", "--task", "causal-lm", "--model", model, "--train-file", file, "--validation-file", file,
            "--max-length", "16", "--output-dir", folder.path("out"), "--num-train-epochs", "15",
            "--learning-rate", "1e-2", "--save-strategy", "no",
        ])
        #expect(run.code == 0, "\(run.errors)")
        let all = try JSONValue(parsing: Data(contentsOf: folder.url.appending(path: "out/all_results.json")))
        let loss = try #require(all["eval_loss"]?.doubleValue)
        #expect(loss < 1)
        #expect(abs((all["perplexity"]?.doubleValue ?? 0) - exp(loss)) < 1e-6)
        #expect((all["eval_accuracy"]?.doubleValue ?? 0) > 0.6)

        let out = folder.path("out")
        let evaluation = try TrainerProcess.run(["evaluate", "--model", out, "--file", file])
        #expect(abs((try JSONValue(parsing: evaluation.output)["eval_loss"]?.doubleValue ?? 9) - loss) < 1e-4)
        for more in [[], ["--temperature", "0.7", "--top-k", "5"]] {
            let texts = try TrainerProcess.run(
                ["predict", "--model", out, "--max-new-tokens", "4"] + more, input: "the good\na\n")
            let lines = try texts.output.split(separator: "\n").map { try JSONValue(parsing: String($0)) }
            #expect(lines.count == 2, "\(texts.errors)")
            #expect(lines.first?["generated_text"]?.stringValue?.hasPrefix("the good") == true)
        }
        let wrong = try TrainerProcess.run(["predict", "--model", out, "--aggregation-strategy", "max"], input: "")
        #expect(wrong.code == 64)
    }
}
