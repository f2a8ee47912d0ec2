import Foundation
import Testing

@testable import Torch

/// Every collective on 1 to 4 ranks.
@Suite struct CollectiveTests {
    static let sizes = [1, 2, 3, 4]

    @Test(arguments: sizes) func allReduces(_ size: Int) throws {
        let results = try Ranks.run(size) { group in
            try [ReduceOp.sum, .average, .product, .min, .max].map { op in
                let tensor = Tensor([Float(group.rank + 1), -Float(group.rank)])
                try group.allReduce(tensor, op: op)
                return tensor.array(of: Float.self)
            }
        }
        let ranks = (0..<size).map { Float($0) }
        let total = ranks.reduce(0, +)
        for result in results {
            #expect(result[0] == [total + Float(size), -total])
            #expect(result[1] == [(total + Float(size)) / Float(size), -total / Float(size)])
            #expect(result[2] == [ranks.reduce(1) { $0 * ($1 + 1) }, 0])
            #expect(result[3] == [1, -Float(size - 1)])
            #expect(result[4] == [Float(size), 0])
        }
    }

    @Test(arguments: [DType.float64, .float16, .bfloat16, .int64, .int32, .uint8])
    func reducesEveryType(_ dtype: DType) throws {
        let results = try Ranks.run(2) { group in
            let tensor = Tensor.full([3], Double(group.rank + 1), dtype: dtype)
            try group.allReduce(tensor)
            return tensor.to(device: .cpu, dtype: .float32).array(of: Float.self)
        }
        #expect(results == [[3, 3, 3], [3, 3, 3]])
    }

    @Test(arguments: sizes) func copiesAndGathers(_ size: Int) throws {
        let results = try Ranks.run(size) { group in
            let own = Tensor([group.rank, group.rank * 10])
            let last = Tensor([group.rank])
            try group.broadcast(last, from: size - 1)
            let many = [Tensor([Float(group.rank)]), Tensor([group.rank]), Tensor([group.rank == 0])]
            try group.broadcast(many, from: 0)
            let all = try group.allGather(own).map { $0.array(of: Int.self) }
            let whole = Tensor.empty([size, 2], dtype: .int64)
            try group.allGatherIntoTensor(whole, own)
            let gathered = try group.gather(own, to: 0)?.map { $0.array(of: Int.self) }
            let sum = Tensor([group.rank + 1])
            try group.reduce(sum, to: 0)
            try group.barrier()
            return [
                last.array(of: Int.self), many.map { $0.item(as: Int.self) }, Array(all.joined()),
                whole.array(of: Int.self),
                Array((gathered ?? []).joined()), group.rank == 0 ? sum.array(of: Int.self) : [],
            ]
        }
        let all = (0..<size).flatMap { [$0, $0 * 10] }
        for (rank, result) in results.enumerated() {
            #expect(result[0] == [size - 1])
            #expect(result[1] == [0, 0, 1])
            #expect(result[2] == all)
            #expect(result[3] == all)
            #expect(result[4] == (rank == 0 ? all : []))
            #expect(result[5] == (rank == 0 ? [size * (size + 1) / 2] : []))
        }
    }

    @Test(arguments: sizes) func scattersSums(_ size: Int) throws {
        let results = try Ranks.run(size) { group in
            let input = Tensor((0..<2 * size).map { Float($0 * (group.rank + 1)) })
            let part = Tensor.empty([2], dtype: .float32)
            try group.reduceScatterTensor(part, input, op: .average)
            // In place: the part is a view of the whole.
            let whole = Tensor((0..<2 * size).map { Float($0) })
            let own = whole.narrow(dim: 0, start: 2 * group.rank, length: 2)
            try group.reduceScatterTensor(own, whole)
            let everything = Tensor.zeros([2 * size], dtype: .float32)
            let mine = everything.narrow(dim: 0, start: 2 * group.rank, length: 2)
            mine.fill_(Float(group.rank))
            try group.allGatherIntoTensor(everything, mine)
            return [part, own, everything].map { $0.array(of: Float.self) }
        }
        let factor = Float(size + 1) / 2
        for (rank, result) in results.enumerated() {
            #expect(result[0] == [Float(2 * rank) * factor, Float(2 * rank + 1) * factor])
            #expect(result[1] == [Float(2 * rank * size), Float((2 * rank + 1) * size)])
            #expect(result[2] == (0..<size).flatMap { [Float($0), Float($0)] })
        }
    }

    @Test(arguments: sizes) func gathersBytesOfAnyLength(_ size: Int) throws {
        let results = try Ranks.run(size) { group in
            let bytes = [UInt8](repeating: UInt8(group.rank), count: group.rank * 3)
            return (
                try group.allGatherBytes(bytes), try group.gatherBytes(bytes, to: size - 1),
                try group.broadcastBytes(Array("rank \(group.rank)".utf8), from: size - 1), try group.allGatherBytes([])
            )
        }
        let expected = (0..<size).map { [UInt8](repeating: UInt8($0), count: $0 * 3) }
        for (rank, result) in results.enumerated() {
            #expect(result.0 == expected)
            #expect(result.1 == (rank == size - 1 ? expected : nil))
            #expect(String(decoding: result.2, as: UTF8.self) == "rank \(size - 1)")
            #expect(result.3 == (0..<size).map { _ in [] })
        }
    }

    @Test(arguments: [ProcessGroup.Binding.address("127.0.0.1"), .address("::1"), .interfaces(["lo"]), .automatic])
    func bindsWhereItIsTold(_ binding: ProcessGroup.Binding) throws {
        #if !os(Linux)
            if binding == .interfaces(["lo"]) { return }
        #endif
        let store = try HashStore()
        let results = Ranks.threads(2) { rank in
            let group = try ProcessGroup(
                store: store, rank: rank, worldSize: 2, timeout: .seconds(10), binding: binding)
            return try group.allGatherBytes([UInt8(rank)])
        }
        #expect(try results.map { try $0.get() } == [[[0], [1]], [[0], [1]]])
    }

    @Test func runsBesideOtherWork() throws {
        let results = try Ranks.run(2) { group in
            let tensors = (0..<8).map { Tensor.full([1000], Double($0), dtype: .float32) }
            let works = try tensors.map { try group.startAllReduce($0, op: .average) }
            for work in works.reversed() { try work.wait() }
            try works[0].wait()
            return works.allSatisfy { $0.isCompleted } ? tensors.map { $0.mean().item() } : []
        }
        #expect(results == [[0, 1, 2, 3, 4, 5, 6, 7], [0, 1, 2, 3, 4, 5, 6, 7]])
    }

    @Test func refusesTensorsThatDoNotFit() throws {
        let results = try Ranks.run(2) { group in
            let matrix = Tensor.zeros([2, 3], dtype: .float32)
            let attempts: [() throws -> Void] = [
                { try group.allReduce(matrix.t()) }, { try group.allReduce(Tensor([1]), op: .average) },
                { try group.broadcast(matrix, from: 2) }, { try group.allGatherIntoTensor(matrix, matrix) },
                { try group.allGatherIntoTensor(Tensor.zeros([12], dtype: .float64), matrix) },
            ]
            return attempts.map { attempt in
                do {
                    try attempt()
                    return "no error"
                } catch {
                    return "\(error)"
                }
            }
        }
        #expect(
            results[1] == [
                "rank 1 of 2, allReduce: the tensor of shape [3, 2] must be contiguous",
                "rank 1 of 2, allReduce: integers (int64) have no average; take the sum",
                "rank 1 of 2, broadcast: there is no rank 2",
                "rank 1 of 2, allGatherIntoTensor: 2 parts of 6 elements are 12, but the whole tensor has 6",
                "rank 1 of 2, allGatherIntoTensor: tensors of types float64 and float32 don't go together",
            ])
    }
}
