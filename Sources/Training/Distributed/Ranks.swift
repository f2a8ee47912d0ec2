import Foundation
public import Torch

/// The processes that train together, one per device, and this one's place among them.
///
/// A program that runs alone is the one rank of ``alone``. Started by a launcher (torchrun, Slurm, MPI, Kubeflow) or by
/// itself on several devices, each process has its number, and all do the same: what differs between ranks is the rows
/// that they see. Only rank 0 shows progress and writes checkpoints.
///
/// The functions here are collective: every rank has to call them, in the same order.
// Unchecked: nothing but `haveParted` changes in it; the functions are collective, and so belong to one thread of each rank.
public final class Ranks: @unchecked Sendable {
    /// This rank's number, from 0, among all.
    public let rank: Int
    /// This rank's number among those of its machine.
    public let localRank: Int
    /// How many ranks there are.
    public let worldSize: Int
    /// How many ranks this machine has.
    public let localWorldSize: Int
    /// How often a launcher has started the ranks again after one was lost.
    public let restartCount: Int
    /// This rank's device, where the arguments do not say the CPU.
    public let device: Device
    /// What carries gradients; nil for one rank alone.
    let group: ProcessGroup?
    /// What carries numbers of the host; nil for one rank alone.
    let hostGroup: ProcessGroup?
    /// What a launcher that starts ranks again calls the run; nil without one.
    let runID: String?
    /// Whether this rank has left the others.
    private(set) var haveParted = false

    /// One process.
    public static var alone: Ranks {
        Ranks(rank: 0, localRank: 0, worldSize: 1, localWorldSize: 1, device: .automatic)
    }

    /// - Parameters:
    ///   - rank: This rank's number among all.
    ///   - localRank: This rank's number on its machine.
    ///   - worldSize: How many ranks there are.
    ///   - localWorldSize: How many ranks this machine has.
    ///   - restartCount: How often they were started again.
    ///   - device: Where this rank computes.
    ///   - group: Carries gradients, on the devices of the ranks.
    ///   - hostGroup: Carries tensors of the CPU; nil: `group` does.
    ///   - runID: What a launcher that starts them again calls the run; nil without one.
    public init(
        rank: Int, localRank: Int, worldSize: Int, localWorldSize: Int, device: Device, restartCount: Int = 0,
        group: ProcessGroup? = nil, hostGroup: ProcessGroup? = nil, runID: String? = nil
    ) {
        self.rank = rank
        self.localRank = localRank
        self.worldSize = worldSize
        self.localWorldSize = localWorldSize
        self.device = device
        self.restartCount = restartCount
        self.group = group
        self.hostGroup = hostGroup ?? group
        self.runID = runID
    }

    /// Whether there are others.
    public var areSeveral: Bool { worldSize > 1 }
    /// Whether this is the rank that shows progress and writes files.
    public var isFirst: Bool { rank == 0 }
    /// Whether this is the first rank of its machine.
    public var isLocalFirst: Bool { localRank == 0 }

    /// Leaves the others after a failure that they may not know of: what they wait for with this rank fails at once (with
    /// NCCL, at their next exchange between CPUs), and they leave as well. Nothing collective works with these ranks any more; where all have left, the next
    /// ``join(_:)``, and so the next ``Trainer``, brings them together again.
    public func leave() {
        guard areSeveral else { return }
        haveParted = true
        group?.leave()
        hostGroup?.leave()
    }

    /// Waits until every rank has come here.
    ///
    /// - Throws: `DistributedError` where one does not come in time.
    public func barrier() throws { try hostGroup?.barrier() }

    /// The sums over all ranks of numbers that each rank has.
    public func sum(_ values: [Double]) throws -> [Double] {
        guard let hostGroup else { return values }
        return try withTorchErrors {
            let tensor = Tensor(values)
            try hostGroup.allReduce(tensor, op: .sum)
            return tensor.array(of: Double.self)
        }
    }

    /// Whether it is so on any rank.
    func any(_ isSo: Bool) throws -> Bool { areSeveral ? try max([isSo ? 1 : 0])[0] > 0 : isSo }

    /// The largest over all ranks of numbers that each rank has.
    public func max(_ values: [Double]) throws -> [Double] {
        guard let hostGroup else { return values }
        return try withTorchErrors {
            let tensor = Tensor(values)
            try hostGroup.allReduce(tensor, op: .max)
            return tensor.array(of: Double.self)
        }
    }

    /// The mean over all ranks.
    public func mean(_ value: Double) throws -> Double {
        areSeveral ? try sum([value])[0] / Double(worldSize) : value
    }

    /// What each rank has, in the order of the ranks.
    public func gather(_ bytes: [UInt8]) throws -> [[UInt8]] {
        guard let hostGroup else { return [bytes] }
        return try hostGroup.allGatherBytes(bytes)
    }

    /// What rank 0 has.
    public func broadcast(_ bytes: [UInt8]) throws -> [UInt8] {
        guard let hostGroup else { return bytes }
        return try hostGroup.broadcastBytes(bytes, from: 0)
    }

    /// What `body` gives on rank 0, for all; where it throws there, all throw.
    ///
    /// - Parameters:
    ///   - type: What is sent.
    ///   - body: Run on rank 0 alone, so nothing collective.
    public func fromFirst<Value: Codable>(_ type: Value.Type, _ body: () throws -> Value) throws -> Value {
        guard areSeveral else { return try body() }
        let own = isFirst ? Result { try body() } : nil
        let text = try own.map {
            try (try? $0.get()).map { try String(decoding: JSONEncoder().encode($0), as: UTF8.self) } ?? ""
        }
        let answer = try broadcast(text ?? "")
        if let own { return try own.get() }
        guard !answer.isEmpty else {
            throw TrainingError.argument("rank 0 has failed; what it says tells why")
        }
        return try JSONDecoder().decode(Value.self, from: Data(answer.utf8))
    }

    /// What `body` gives on this rank, once it has succeeded on all. For a run of training, which a failing rank leaves, so
    /// that the others fail where they wait for it.
    func together<Value>(_ body: () throws -> Value) throws -> Value {
        let value = try body()
        try barrier()
        return value
    }

    /// A text of rank 0.
    func broadcast(_ text: String) throws -> String {
        areSeveral ? String(decoding: try broadcast(Array(text.utf8)), as: UTF8.self) : text
    }

    /// Runs `body` on rank 0 first, and on the others when it has ended there: what is downloaded or computed once is then
    /// in the cache. Python's `main_process_first`.
    ///
    /// - Parameters:
    ///   - local: Whether each machine has a first rank of its own; true by default.
    ///   - body: What is done.
    /// - Throws: What `body` throws.
    public func mainProcessFirst<Result>(local: Bool = true, _ body: () throws -> Result) throws -> Result {
        guard areSeveral else { return try body() }
        let isFirst = local ? isLocalFirst : isFirst
        if !isFirst { try barrier() }
        // The others go on where this one fails, and fail by themselves.
        let result = Swift.Result { try body() }
        if isFirst { try barrier() }
        return try result.get()
    }
}
