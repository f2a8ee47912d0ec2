import Foundation
import OrderedJSON
import Testing
import Training

/// Losses, gradients and learning rates against Python's Trainer; the numbers are those of the parity table.
@Suite(.serialized) struct ParityLossTests {
    @Test func case01LossOfEachStep() throws { try expectRun("plain") }

    @Test func case02DropoutDrawsPythonsNumbers() throws {
        let finished = try expectRun("dropout")
        #expect(finished.probe.random == finished.run.record["random"]?.arrayValue?.compactMap { $0.intValue })
    }

    @Test func case03ModelsThatCountLabelsAreTrustedToUseThem() throws {
        try expectRun("accumulation_python")
        let (four, whole) = (try expectRun("accumulation_python_four"), try expectRun("whole_batch"))
        // The first step has four micro-batches of the same rows.
        for key in ["loss", "grad_norm"] {
            #expect(isNear([four.series(key)[0]], [4 * whole.series(key)[0]]), "\(key)")
        }
    }

    @Test func case05AccumulationEqualsTheWholeBatch() throws {
        let (four, whole) = (try expectRun("accumulation"), try expectRun("whole_batch"))
        for key in ["loss", "grad_norm"] { #expect(isNear(four.series(key), whole.series(key)), "\(key)") }
    }

    @Test func case06LastGroupOfAnEpochIsShorter() throws {
        let finished = try expectRun("accumulation")
        #expect(finished.result.globalStep == 4)
        #expect(finished.order.count == 10)
        #expect(try expectRun("drop_last").result.globalStep == 3)
    }

    @Test func case11FirstRateOfWarmupIsZero() throws {
        let finished = try expectRun("checkpoint")
        #expect(finished.series("learning_rate").first == 0)
    }

    @Test func case12WarmupAsAShareAndAsOneStep() throws {
        let share = try expectRun("warmup_share")
        #expect(share.series("learning_rate").firstIndex(of: 0.01) == 3)
        let one = try expectRun("warmup_one")
        #expect(Array(one.series("learning_rate").prefix(2)) == [0, 0.01])
    }

    @Test func case13Schedules() throws {
        let runs = try #require(try ParityRecords.json("runs.json").objectValue)
        let names = runs.keys.filter { $0.hasPrefix("schedule_") }
        #expect(names.count == 17)
        for name in names { try expectRun(name) }
    }

    @Test func case14GroupsOfParameters() throws {
        let record = try #require(try ParityRecords.json("evaluations.json")["groups"])
        try withOutput { output in
            let model = ParityNames()
            for (name, parameter) in model.namedParameters() where name.hasPrefix("frozen") {
                parameter.requiresGrad = false
            }
            let arguments = TrainingArguments(outputDir: output.path) {
                $0.weightDecay = 0.01
                $0.useCpu = true
            }
            let groups = try Trainer(model: model, arguments: arguments).createOptimizer().groups
            let names = groups.map { group in
                group.parameters.map { parameter in
                    model.namedParameters().first { $0.parameter === parameter }?.name ?? "?"
                }
            }
            let want = record["groups"]?.arrayValue?.map { $0.arrayValue?.compactMap { $0.stringValue } ?? [] }
            #expect(names == want)
            #expect(groups.map { $0.weightDecay } == record["decays"]?.doubles)
        }
    }

    @Test func case15MomentsAfterTenSteps() throws {
        let run = try ParityRun("moments")
        try withOutput { output in
            try run.train(output).expectEqual()
            func load(_ folder: URL) throws -> PickleValue {
                try TorchArchive.load(folder.appending(path: "checkpoint-10/optimizer.pt"))
            }
            let (got, want) = (try load(output), try load(ParityRecords.folder))
            #expect(got["param_groups"] == want["param_groups"])
            let entries = try #require(want["state"]?.dictionaryValue).entries
            #expect(entries.count == 4)
            for entry in entries {
                let id = try #require(entry.key.intValue)
                for name in ["step", "exp_avg", "exp_avg_sq"] {
                    let expected = Tensor(copying: try #require(entry.value[name]?.tensorValue))
                    let tensor = Tensor(copying: try #require(got["state"]?.dictionaryValue?[id]?[name]?.tensorValue))
                    #expect(tensor.shape == expected.shape && tensor.dtype == expected.dtype)
                    let difference = (tensor - expected).abs().max().item()
                    #expect(difference <= 1e-5 * expected.abs().max().item(), "\(name) of \(id)")
                }
            }
        }
    }

    @Test func case16NormIsThatBeforeClipping() throws {
        let (clipped, unclipped) = (try expectRun("clipped"), try expectRun("unclipped"))
        #expect(clipped.series("grad_norm")[0] > 0.1)
        #expect(isNear([clipped.series("grad_norm")[0]], [unclipped.series("grad_norm")[0]]))
        #expect(unclipped.series("grad_norm").count == 5)
    }

    @Test func case30LossesThatAreNotFinite() throws {
        let filtered = try expectRun("not_finite")
        #expect(filtered.series("loss").allSatisfy { $0.isFinite } && filtered.result.trainingLoss.isFinite)
        // Python's record stays spoilt after the first such loss, for it subtracts the sum from itself; ours begins anew.
        let run = try ParityRun("not_finite_kept")
        try withOutput { output in
            let kept = try run.train(output)
            let first = try #require(run.series("loss").firstIndex { !$0.isFinite })
            #expect(isNear(Array(kept.series("loss")[...first]), Array(run.series("loss")[...first])))
            #expect(!kept.result.trainingLoss.isFinite)
        }
    }
}
