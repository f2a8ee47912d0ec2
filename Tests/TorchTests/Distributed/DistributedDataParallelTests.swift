import Foundation
import Testing

@testable import Torch

/// Several ranks train as one does that has all their rows.
@Suite struct DistributedDataParallelTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        var tolerance = 1e-12
        var options = DistributedDataParallel.Options()
        var parts = 1
        /// Rows of each rank in each part.
        var rows = [4, 4]
        /// Whether gradients are set to zero between steps, not dropped.
        var keepsGradients = false
        var testDescription: String { name }
    }

    static func options(_ change: (inout DistributedDataParallel.Options) -> Void) -> DistributedDataParallel.Options {
        var options = DistributedDataParallel.Options()
        options.bucketCapMB = 1
        change(&options)
        return options
    }

    static let cases = [
        Case(name: "plain"), Case(name: "several buckets", options: options { _ in }),
        Case(name: "views", options: options { $0.gradientAsBucketView = true }),
        Case(name: "unused looked for", options: options { $0.findUnusedParameters = true }),
        Case(name: "static graph", options: options { $0.staticGraph = true }),
        Case(name: "accumulated", options: options { _ in }, parts: 3),
        Case(name: "accumulated, views", options: options { $0.gradientAsBucketView = true }, parts: 3),
        Case(name: "accumulated, static graph", options: options { $0.staticGraph = true }, parts: 3),
        Case(name: "accumulated, unused looked for", options: options { $0.findUnusedParameters = true }, parts: 2),
        Case(
            name: "views, set to zero", options: options { $0.gradientAsBucketView = true }, parts: 2,
            keepsGradients: true),
        Case(name: "uneven batches", options: options { _ in }, parts: 2, rows: [7, 1]),
        Case(name: "three ranks", options: options { _ in }, rows: [2, 3, 4]),
        Case(name: "one rank", options: options { $0.gradientAsBucketView = true }, parts: 2, rows: [5]),
        Case(name: "half precision", tolerance: 2e-4, options: options { $0.compression = .float16 }),
        Case(name: "bfloat16", tolerance: 2e-3, options: options { $0.compression = .bfloat16 }),
    ]

    @Test(arguments: cases) func equalsOneRank(_ test: Case) throws {
        let results = try Ranks.run(test.rows.count) { group in
            let model = Perceptron(seed: group.rank)
            let parallel = try DistributedDataParallel(
                parameters: model.parameters, group: group, options: test.options)
            let optimizer = SGD(model.parameters.map { $0.tensor }, learningRate: 0.1, momentum: 0.5)
            let total = test.rows.reduce(0, +) * test.parts
            for step in 0..<4 {
                if test.keepsGradients {
                    noGrad { for (_, tensor) in model.parameters { tensor.grad?.fill_(0) } }
                } else {
                    optimizer.zeroGrad()
                }
                for part in 0..<test.parts {
                    parallel.isSynchronizing = part == test.parts - 1
                    let skipped = test.rows[..<group.rank].reduce(0, +)
                    let batch = Batch(
                        from: (step * test.parts + part) * test.rows.reduce(0, +) + skipped,
                        count: test.rows[group.rank])
                    try parallel.prepareForForward()
                    let loss = model.loss(batch) * (Double(group.worldSize) / Double(total))
                    try parallel.prepareForBackward(outputs: [loss])
                    loss.backward()
                }
                try optimizer.step()
            }
            return Trained(model.numbers, buckets: parallel.bucketCount)
        }
        let expected = try Self.alone(rowsOfStep: test.rows.reduce(0, +) * test.parts)
        for result in results {
            #expect(difference(result.numbers, expected) < test.tolerance)
            // Ranks hold the same numbers to the bit.
            let isSame = result.numbers == results[0].numbers
            #expect(isSame)
            if test.options.bucketCapMB == 1, !test.options.findUnusedParameters { #expect(result.buckets > 1) }
        }
    }

    private struct Trained: Sendable {
        let numbers: [Double]
        let buckets: Int
        init(_ numbers: [Double], buckets: Int) { (self.numbers, self.buckets) = (numbers, buckets) }
    }

    private static func alone(rowsOfStep: Int) throws -> [Double] {
        try withTorchErrors {
            let model = Perceptron(seed: 0)
            let optimizer = SGD(model.parameters.map { $0.tensor }, learningRate: 0.1, momentum: 0.5)
            for step in 0..<4 {
                optimizer.zeroGrad()
                let loss = model.loss(Batch(from: step * rowsOfStep, count: rowsOfStep)) * (1 / Double(rowsOfStep))
                loss.backward()
                try optimizer.step()
            }
            return model.numbers
        }
    }

    @Test func averagesWhereARankLeavesAParameterOut() throws {
        let results = try Ranks.run(2) { group in
            let used = Tensor([Float(1), 2])
            let sometimes = Tensor([Float(3), 4])
            for tensor in [used, sometimes] { tensor.requiresGrad = true }
            let parallel = try DistributedDataParallel(
                parameters: [("used", used), ("sometimes", sometimes)], group: group,
                options: Self.options { $0.findUnusedParameters = true })
            var gradients: [[Float]] = []
            for step in 0..<3 {
                clearGradients([used, sometimes])
                try parallel.prepareForForward()
                let loss = step == 2 || group.rank == 1 ? used.sum() : (used * sometimes).sum()
                try parallel.prepareForBackward(outputs: [loss])
                loss.backward()
                gradients.append([used, sometimes].flatMap { $0.grad?.array(of: Float.self) ?? [] })
            }
            return gradients
        }
        for result in results {
            #expect(result[0] == [2, 2.5, 0.5, 1] && result[1] == result[0])
            #expect(Array(result[2].prefix(2)) == [1, 1])
        }
    }

    @Test func averagesSparseGradients() throws {
        let results: [[[Float]]] = try Ranks.run(2) { group in
            let table = Tensor.zeros([4, 2], dtype: .float32)
            table.requiresGrad = true
            let parallel = try DistributedDataParallel(
                parameters: [("table", table)], group: group, sparseParameters: ["table"])
            var gradients: [[Float]] = []
            for _ in 0..<2 {
                clearGradients([table])
                try parallel.prepareForForward()
                let loss = table.embedding(Tensor([group.rank, 3]), sparse: true).sum()
                try parallel.prepareForBackward()
                loss.backward()
                guard let gradient = table.grad, gradient.isSparse else { return [] }
                gradients.append((Tensor.zeros([4, 2], dtype: .float32) + gradient).array(of: Float.self))
            }
            return gradients
        }
        let expected: [Float] = [0.5, 0.5, 0.5, 0.5, 0, 0, 1, 1]
        #expect(results == [[expected, expected], [expected, expected]])
    }

    @Test func namesParametersWithoutAPartInTheLoss() throws {
        let outcomes = try Ranks.outcomes(2) { group in
            let used = Tensor([Float(1)])
            let idle = Tensor([Float(1)])
            for tensor in [used, idle] { tensor.requiresGrad = true }
            let parallel = try DistributedDataParallel(
                parameters: [("used", used), ("layer.idle", idle)], group: group)
            for _ in 0..<2 {
                try parallel.prepareForForward()
                try parallel.prepareForBackward()
                used.sum().backward()
            }
        }
        #expect(outcomes[0].distributedError?.kind == .mismatch)
        #expect(
            outcomes[0].distributedError?.message
                == "rank 0 of 2, DistributedDataParallel: the last loss did not depend on layer.idle; set "
                + "findUnusedParameters, or leave them out")
    }

    @Test func namesTheFirstDifferenceBetweenRanks() throws {
        func message(_ make: @escaping @Sendable (Int) -> [(String, [Int])]) throws -> [String?] {
            try Ranks.outcomes(2) { group in
                let parameters = make(group.rank).map { name, shape in
                    let tensor = Tensor.zeros(shape, dtype: .float32)
                    tensor.requiresGrad = true
                    return (name: name, tensor: tensor)
                }
                _ = try DistributedDataParallel(parameters: parameters, group: group)
            }.map { $0.distributedError?.message }
        }
        let shapes = try message { [("first", [2]), ("second.weight", $0 == 0 ? [2, 3] : [3, 2])] }
        #expect(
            shapes.map {
                $0?.hasSuffix(
                    "rank 1 differs from rank 0: second.weight is float32 [3, 2], strides [2, 1], but on rank 0 second.weight is "
                        + "float32 [2, 3], strides [3, 1]")
            } == [true, true])
        let numbers = try message { $0 == 0 ? [("a", [1])] : [("a", [1]), ("b", [1])] }
        #expect(
            numbers[0]?.contains("it has 2 parameters and buffers, rank 0 1; only it has: b is float32 [1]") == true)
        let options = try Ranks.outcomes(2) { group in
            let tensor = Tensor([Float(0)])
            tensor.requiresGrad = true
            _ = try DistributedDataParallel(
                parameters: [("a", tensor)], group: group, options: Self.options { $0.staticGraph = group.rank == 1 })
        }
        #expect(options[0].distributedError?.message.contains("staticGraph: true") == true)
    }

    @Test func takesOverParametersAndBuffers() throws {
        let results = try Ranks.run(3) { group in
            let weight = Tensor([Float(group.rank + 1)])
            weight.requiresGrad = true
            let frozen = Tensor([group.rank + 5])
            let mean = Tensor([Float(group.rank + 10)])
            let parallel = try DistributedDataParallel(
                parameters: [("weight", weight), ("frozen", frozen)], buffers: [("mean", mean)], group: group)
            let first = [weight.item(), frozen.item(), mean.item()]
            mean.fill_(group.rank)
            try parallel.prepareForForward()
            return first + [mean.item()]
        }
        #expect(results == Array(repeating: [1, 5, 10, 0], count: 3))
    }

    @Test(arguments: [true, false]) func joinsUnevenInputs(_ dividesByWorldSize: Bool) throws {
        let results = try Ranks.run(3) { group in
            let weight = Tensor([Float(group.rank)])
            weight.requiresGrad = true
            let count = Tensor([Float(0)])
            let parallel = try DistributedDataParallel(
                parameters: [("weight", weight)], buffers: [("count", count)], group: group)
            let optimizer = SGD([weight], learningRate: 1)
            try parallel.withUnevenInputs(dividesByInitialWorldSize: dividesByWorldSize) {
                for _ in 0..<group.rank * 2 {
                    optimizer.zeroGrad()
                    try parallel.prepareForForward()
                    let loss = weight.sum() * 6
                    try parallel.prepareForBackward()
                    loss.backward()
                    try optimizer.step()
                }
            }
            return weight.item()
        }
        // Two steps of two ranks, then two of one.
        let expected = dividesByWorldSize ? -12.0 : -24.0
        #expect(results == [expected, expected, expected])
    }

    @Test func tellsOfALostRankInTheBackwardPass() throws {
        let outcomes = try Ranks.outcomes(2, timeout: .seconds(2)) { group in
            let weight = Tensor([Float(1)])
            weight.requiresGrad = true
            let parallel = try DistributedDataParallel(parameters: [("weight", weight)], group: group)
            guard group.rank == 0 else { return }
            try parallel.prepareForForward()
            let loss = weight.sum()
            try parallel.prepareForBackward()
            do {
                try withTorchErrors { loss.backward() }
            } catch let error as TorchError {
                throw DistributedError(error) ?? error
            }
        }
        let error = outcomes[0].distributedError
        #expect(error?.kind == .peerLost || error?.kind == .timeout)
        #expect(error?.message.hasPrefix("the gradients could not be reduced: ") == true)
    }

    @Test func refusesWhatCanNotBe() throws {
        let outcomes = try Ranks.run(1) { group in
            let tensor = Tensor([Float(0)])
            func message(_ body: () throws -> Void) -> String {
                do {
                    try body()
                    return ""
                } catch {
                    return "\(error)"
                }
            }
            var messages = [message { _ = try DistributedDataParallel(parameters: [("a", tensor)], group: group) }]
            tensor.requiresGrad = true
            messages.append(
                message {
                    _ = try DistributedDataParallel(parameters: [("a", tensor)], group: group, sparseParameters: ["b"])
                })
            let graph = try DistributedDataParallel(
                parameters: [("a", tensor)], group: group, options: Self.options { $0.staticGraph = true })
            messages.append(message { try graph.prepareForBackward() })
            messages.append(message { try graph.withUnevenInputs {} })
            return messages
        }
        let expected = [
            "no parameter requires gradients", "sparseParameters names b", "need the loss",
            "does not go together with staticGraph",
        ]
        #expect(zip(outcomes[0], expected).allSatisfy { $0.contains($1) }, "\(outcomes[0])")
    }
}

/// Rows whose numbers follow from their place.
private struct Batch {
    let inputs, targets: Tensor

    init(from start: Int, count: Int) {
        let numbers = Tensor.arange(start: start * 8, end: (start + count) * 8, dtype: .float64).reshape([count, 8])
        inputs = (numbers * 0.37).sin()
        targets = (numbers.sum(dim: [1], keepdim: true) * 0.11).sin()
    }
}

private struct Perceptron {
    let parameters: [(name: String, tensor: Tensor)]

    /// In double precision, so that rounding hides nothing; its large matrix fills a bucket of 1 MiB.
    init(seed: Int) {
        func parameter(_ shape: [Int], _ frequency: Double) -> Tensor {
            let numbers = Tensor.arange(start: 0, end: shape.reduce(1, *), dtype: .float64)
            let tensor = ((numbers * frequency + seed).sin() * 0.1).reshape(shape)
            tensor.requiresGrad = true
            return tensor
        }
        parameters = [
            ("in.weight", parameter([8, 256], 0.7)), ("in.bias", parameter([256], 0.3)),
            ("hidden.weight", parameter([256, 520], 0.9)), ("out.weight", parameter([520, 1], 0.5)),
        ]
    }

    func loss(_ batch: Batch) -> Tensor {
        let p = parameters.map { $0.tensor }
        let hidden = (batch.inputs.matmul(p[0]) + p[1]).tanh().matmul(p[2]).tanh()
        return (hidden.matmul(p[3]) - batch.targets).square().sum()
    }

    var numbers: [Double] { parameters.flatMap { $0.tensor.array(of: Double.self) } }
}
