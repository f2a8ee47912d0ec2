import Foundation
import Testing
import Training

/// What is found before the first step.
@Suite(.serialized) struct PreflightTests {
    /// A table of token vectors, with bounds.
    final class Tokens: Module, TrainableModel, InputChecking {
        @Child var table = Embedding(10, 2)
        var vocabularySize: Int? { 10 }
        var maxInputLength: Int? { 4 }

        func forward(_ inputs: Batch) throws -> ModelOutput {
            let logits = table(try inputs.require(.inputIds)).mean(dim: [1])
            return ModelOutput(loss: inputs[.labels].map { crossEntropy(logits, $0) }, logits: logits)
        }
    }

    private func message(_ ids: Tensor, location: Bool = false, eval: Tensor? = nil) throws -> String? {
        try withOutput { output in
            func examples(_ ids: Tensor) throws -> Examples {
                let data = TensorDataset(["input_ids": ids, "labels": .zeros([ids.size(0)], dtype: .int64)])
                var examples = try data.examples(CollationContext())
                if location { examples.location = { "train.tsv, line \($0 + 2)" } }
                return examples
            }
            let trainer = try Trainer(
                model: Tokens(), arguments: quietArguments(output) { $0.evalStrategy = eval == nil ? .no : .epoch },
                trainDataset: try examples(ids), evalDataset: try eval.map { try examples($0) })
            do { try trainer.train() } catch let error as TrainingError {
                #expect(trainer.state.globalStep == 0)
                return error.description
            }
            return nil
        }
    }

    @Test func tokenIdsAndLengths() throws {
        let good = Tensor([0, 1, 2, 9, 5, 6], shape: [3, 2])
        #expect(try message(good) == nil)
        let tooHigh = Tensor([0, 1, 2, 3, 10, 6], shape: [3, 2])
        #expect(
            try message(tooHigh)
                == "row 2: the token id 10 is not in the model's vocabulary of 10; is the tokenizer another model's?")
        #expect(try message(tooHigh, location: true)?.hasPrefix("train.tsv, line 4: the token id 10") == true)
        let negative = Tensor([0, -1, 2, 3], shape: [2, 2])
        #expect(try message(negative)?.hasPrefix("row 0: the token id -1 is not in") == true)
        #expect(
            try message(Tensor.zeros([2, 5], dtype: .int64))
                == "row 0: the text has 5 tokens, but the model has 4 positions; truncate texts to that length")
        #expect(try message(good, eval: tooHigh)?.hasPrefix("row 2: the token id 10") == true)
    }

    /// A model so large that no disk takes its checkpoint: the parameter is one number seen many times.
    final class Huge: Module, TrainableModel {
        @Parameter var weight: Tensor
        init(_ count: Int) { weight = Tensor.zeros([1]).expand([count]).detach() }
        func forward(_ inputs: Batch) throws -> ModelOutput { ModelOutput() }
    }

    @Test func diskAndMemory() throws {
        try withOutput { output in
            let data = Points().dataset
            func error(_ count: Int, _ configure: (inout TrainingArguments) -> Void) throws -> String? {
                let trainer = try Trainer(
                    model: Huge(count), arguments: quietArguments(output, configure), trainDataset: data)
                do { try trainer.train() } catch { return "\(error)" }
                return nil
            }
            let full = try #require(try error(1 << 46) { $0.saveStrategy = .epoch })
            #expect(full.contains("but a checkpoint takes 768 TiB; free some, or set save_strategy to no"))
            let memory = try #require(try error(1 << 46) { _ in })
            #expect(
                memory.contains("gradients and the optimizer's state take 768 TiB of memory, activations not counted"))
            // Without momentum there is no state: the gradients alone.
            let plain = try #require(try error(1 << 46) { $0.optim = .sgd })
            #expect(
                plain.contains("gradients and the optimizer's state take 256 TiB of memory, activations not counted"))
        }
    }
}
