import Foundation
import Testing

@testable import Torch

/// Steps and states of every optimizer against those of Python: scripts/fixtures/optimizers.py.
@Suite struct OptimizerTests {
    /// How to make each case, and how far its numbers may be from Python's: 0 where the same kernels run. Square roots are
    /// MKL's, whose last bit depends on the processor that it takes the machine for.
    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        var tolerance = 0.0
        var dtype = DType.float32
        let make: @Sendable ([ParameterGroup]) -> Optimizer
        var testDescription: String { name }
    }

    static let cases = [
        Case(name: "adamw") { AdamW(groups: $0) },
        Case(name: "adam") { Adam(groups: $0) },
        Case(name: "adam_amsgrad") { Adam(groups: $0, betas: (0.8, 0.9), eps: 1e-6, amsgrad: true) },
        Case(name: "sgd") { SGD(groups: $0, momentum: 0.9, dampening: 0.1) },
        Case(name: "adagrad", tolerance: 1e-6) { Adagrad(groups: $0) },
        Case(name: "adagrad_decay", tolerance: 1e-6) {
            Adagrad(groups: $0, lrDecay: 0.1, initialAccumulatorValue: 0.5, eps: 1e-8)
        },
        Case(name: "adagrad_fused") { Adagrad(groups: $0, lrDecay: 0.1, isFused: true) },
        Case(name: "rmsprop", tolerance: 1e-6) { RMSprop(groups: $0) },
        Case(name: "rmsprop_centered", tolerance: 1e-6) {
            RMSprop(groups: $0, momentum: 0.9, alpha: 0.95, eps: 1e-6, centered: true)
        },
        Case(name: "lion") { Lion(groups: $0) },
        Case(name: "lion_bitsandbytes", tolerance: 1e-6) { Lion(groups: $0, layout: .bitsandbytes) },
        Case(name: "ademamix", tolerance: 1e-6) { AdEMAMix(groups: $0) },
        Case(name: "ademamix_rising", tolerance: 1e-6) {
            AdEMAMix(groups: $0, betas: (0.8, 0.9, 0.99), alpha: 2, eps: 1e-6, alphaSteps: 4, beta3Steps: 6)
        },
        Case(name: "adafactor") { Adafactor(groups: $0, scaleParameter: false, stepSize: .learningRate) },
        Case(name: "adafactor_moment") {
            Adafactor(
                groups: $0, clipThreshold: 0.5, decayRate: -0.5, beta1: 0.9, scaleParameter: false,
                stepSize: .learningRate)
        },
        Case(name: "adafactor_relative", tolerance: 1e-7) { Adafactor(groups: $0) },
        Case(name: "adafactor_warmup", tolerance: 1e-7) { Adafactor(groups: $0, stepSize: .relativeWithWarmup) },
        Case(name: "adafactor_bf16", dtype: .bfloat16) {
            Adafactor(groups: $0, scaleParameter: false, stepSize: .learningRate)
        },
    ]

    private static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures")
    private let tensors: StateDict
    private let report: [String: Any]
    private let steps = 10
    private let learningRate = 0.02

    init() throws {
        tensors = try Safetensors.load(Self.folder.appending(path: "optimizers.safetensors"), copying: true)
        let json = try JSONSerialization.jsonObject(
            with: Data(contentsOf: Self.folder.appending(path: "optimizers.json")))
        report = (json as? [String: Any])?["cases"] as? [String: Any] ?? [:]
    }

    private func parameters(_ item: Case) throws -> [Tensor] {
        try (0..<4).map { index in
            leaf(try #require(tensors["first.\(index)"]).to(item.dtype, copy: true))
        }
    }

    private func leaf(_ tensor: Tensor) -> Tensor {
        tensor.requiresGrad = true
        return tensor
    }

    private func optimizer(_ item: Case, _ parameters: [Tensor]) -> Optimizer {
        item.make([
            ParameterGroup(Array(parameters[..<2]), learningRate: learningRate, weightDecay: 0.1),
            ParameterGroup(Array(parameters[2...]), learningRate: learningRate),
        ])
    }

    private func take(_ step: Int, _ item: Case, _ optimizer: Optimizer, _ parameters: [Tensor]) throws {
        for (index, parameter) in parameters.enumerated() {
            let grad = try #require(tensors["grad.\(step).\(index)"])
            parameter.grad = step == 3 && index == 2 ? nil : grad.to(item.dtype, copy: true)
        }
        for index in optimizer.groups.indices {
            optimizer.groups[index].learningRate = learningRate * (1 - Double(step) / 20)
        }
        try optimizer.step()
    }

    private func farthest(_ got: Tensor, _ want: Tensor) -> Double {
        let (got, want) = (got.detach().to(.float32), want.to(.float32))
        guard got.shape == want.shape else { return .infinity }
        return ((got - want).abs() / want.abs().clamp(min: 1)).max().item()
    }

    @Test(arguments: cases) func stepsAndStateArePythons(item: Case) throws {
        let parameters = try parameters(item)
        let optimizer = optimizer(item, parameters)
        for step in 0..<steps {
            try take(step, item, optimizer, parameters)
            for (index, parameter) in parameters.enumerated() {
                let want = try #require(tensors["\(item.name).\(step).\(index)"])
                #expect(farthest(parameter, want) <= item.tolerance, "step \(step), parameter \(index)")
            }
        }
        let expected = try #require(report[item.name] as? [String: Any])
        let state = optimizer.stateDict()
        try expectState(state, try #require(expected["states"] as? [String: Any]), item)
        expectOptions(state, try #require(expected["groups"] as? [[[Any]]]))
    }

    /// The same names in the same order, the same tensors, and plain integers where Python has them.
    private func expectState(_ state: OptimizerStateDict, _ expected: [String: Any], _ item: Case) throws {
        #expect(state.state.count == expected.count)
        for (id, names) in expected {
            let entries = try #require(state.state[Int(id) ?? -1])
            let names = names as? [[Any]] ?? []
            #expect(entries.map(\.name) == names.map { $0[0] as? String })
            #expect(
                state.integerStates.intersection(entries.map(\.name))
                    == Set(names.filter { $0[1] as? Bool == true }.compactMap { $0[0] as? String }))
            for (name, tensor) in entries {
                let want = try #require(tensors["\(item.name).state.\(id).\(name)"])
                #expect(farthest(tensor, want) <= item.tolerance, "\(name) of \(id)")
            }
        }
    }

    /// The same settings in the same order. Python's fused flags tell which kernel it took; ours say what `Trainer` writes.
    private func expectOptions(_ state: OptimizerStateDict, _ expected: [[[Any]]]) {
        for (group, wanted) in zip(state.groups, expected) {
            let options = group.options.filter { $0.name != "initial_lr" }
            #expect(options.map(\.name) == wanted.map { $0[0] as? String })
            for ((name, value), want) in zip(options, wanted) where name != "fused" {
                switch value {
                case .none: #expect(want[1] is NSNull, "\(name)")
                case .bool(let flag): #expect(want[1] as? Bool == flag, "\(name)")
                case .int(let whole): #expect(want[1] as? Int == whole, "\(name)")
                case .double(let number):
                    #expect(abs(number - (want[1] as? Double ?? .nan)) <= 1e-15 * abs(number), "\(name)")
                case .doubles(let numbers): #expect(numbers == Fixture.doubles(want[1]), "\(name)")
                }
            }
        }
    }

    @Test(arguments: cases) func aRestoredStateGoesOnWithTheSameBits(item: Case) throws {
        let whole = try parameters(item)
        let straight = optimizer(item, whole)
        for step in 0..<5 { try take(step, item, straight, whole) }
        let resumed = whole.map { leaf($0.detach().clone()) }
        let second = optimizer(item, resumed)
        try second.loadStateDict(straight.stateDict())
        for step in 5..<steps {
            try take(step, item, straight, whole)
            try take(step, item, second, resumed)
        }
        for (one, other) in zip(whole, resumed) {
            #expect(
                one.detach().to(.float32).array(of: Float.self) == other.detach().to(.float32).array(of: Float.self))
        }
    }

    @Test(arguments: cases) func aStateThatDoesNotFitChangesNothing(item: Case) throws {
        let parameters = try parameters(item)
        let optimizer = optimizer(item, parameters)
        try take(0, item, optimizer, parameters)
        let before = optimizer.stateDict()
        let name = try #require(before.state[0]?.last?.name)
        var saved = before
        saved.state[0]?[(before.state[0]?.count ?? 1) - 1].tensor = Tensor.zeros([7])
        let error = #expect(throws: OptimizerStateError.self) { try optimizer.loadStateDict(saved) }
        #expect(error?.description.hasPrefix("\(name) of parameter 0 has shape [7], but the parameter needs") == true)
        saved = before
        saved.state[1]?.removeLast()
        let absent = #expect(throws: OptimizerStateError.self) { try optimizer.loadStateDict(saved) }
        #expect(absent?.description == "the optimizer state of parameter 1 lacks \(before.state[1]?.last?.name ?? "")")
        for (id, entries) in before.state {
            let now = optimizer.stateDict().state[id] ?? []
            for (one, other) in zip(entries, now) { #expect(farthest(one.tensor, other.tensor) == 0) }
        }
    }

    @Test func relativeStepsTellTheirSize() throws {
        let item = try #require(Self.cases.first { $0.name == "adafactor_relative" })
        let parameters = try parameters(item)
        let optimizer = Adafactor(groups: [ParameterGroup(parameters, learningRate: 0)], scaleParameter: false)
        try take(0, item, optimizer, parameters)
        #expect(optimizer.groups[0].learningRate == 1e-2)
    }
}
