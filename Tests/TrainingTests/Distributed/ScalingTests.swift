import Foundation
import Testing

@testable import Training

/// What is said of numbers of ranks that are not here: fixed numbers through the formulae.
struct ScalingTests {
    private let mebibyte = 1 << 20

    @Test func messagesAreThoseOfTheReducer() {
        let gradients = [GradientBuckets.Gradient](repeating: .init(bytes: 4 << 20, work: 1), count: 20)
        let buckets = GradientBuckets(gradients).buckets
        // The first is full at 1 MiB, the others at 25.
        #expect(buckets.map { $0.bytes / mebibyte } == [4, 28, 28, 20])
        #expect(buckets.map { $0.readyAt } == [0.05, 0.4, 0.75, 1])
        #expect(GradientBuckets(gradients, bucketBytes: 100 << 20).buckets.map { $0.bytes / mebibyte } == [4, 76])
        #expect(GradientBuckets(gradients, compressedTo: 0.5).buckets.map { $0.bytes / mebibyte } == [2, 14, 14, 10])
        #expect(GradientBuckets([]).buckets.isEmpty)
    }

    /// A table of embeddings is no work, but its gradient comes last.
    @Test func tablesComeLast() {
        let buckets = GradientBuckets([
            .init(bytes: 40 << 20, work: 0), .init(bytes: 30 << 20, work: 3), .init(bytes: 2 << 20, work: 1),
        ]).buckets
        #expect(buckets.map { $0.bytes / mebibyte } == [2, 30, 40])
        #expect(buckets.map { $0.readyAt } == [0.25, 1, 1])
    }

    @Test func aRing() {
        let link = NetworkLink(bytesPerSecond: 1e9, latency: 1e-5)
        var ring = Interconnect(inside: link, between: link)
        // 2 · 3 · (10 µs + 25 MB / 1 GB/s)
        #expect(abs(ring.allReduceSeconds(bytes: 100_000_000, ranks: 4) - 0.15006) < 1e-12)
        #expect(ring.allReduceSeconds(bytes: 100_000_000, ranks: 1) == 0)
        ring.latenciesPerRound = 2
        #expect(abs(ring.allReduceSeconds(bytes: 100_000_000, ranks: 4) - 0.15012) < 1e-12)
    }

    @Test func machinesOfSeveralRanks() {
        let inside = NetworkLink(bytesPerSecond: 1e10, latency: 1e-6)
        let between = NetworkLink(bytesPerSecond: 1e9, latency: 1e-5)
        var net = Interconnect(inside: inside, between: between, ranksPerNode: 4, algorithm: .hierarchical)
        // 2 · 3 · (1 µs + 25 MB / 10 GB/s) within, 2 · 1 · (10 µs + 12.5 MB / 0.25 GB/s) between.
        #expect(abs(net.allReduceSeconds(bytes: 100_000_000, ranks: 8) - (0.015006 + 0.10002)) < 1e-12)
        #expect(abs(net.allReduceSeconds(bytes: 100_000_000, ranks: 4) - 0.015006) < 1e-12)
        net.algorithm = .ring
        // The slowest link holds up each round: 2 · 7 · (10 µs + 12.5 MB / 1 GB/s).
        #expect(abs(net.allReduceSeconds(bytes: 100_000_000, ranks: 8) - 0.17514) < 1e-12)
        #expect(abs(net.allReduceSeconds(bytes: 100_000_000, ranks: 4) - 0.015006) < 1e-12)
    }

    private func model(_ link: NetworkLink, hasSpareProcessors: Bool = true) -> ScalingModel {
        let gradients = [GradientBuckets.Gradient](repeating: .init(bytes: 25_000_000, work: 1), count: 2)
        return ScalingModel(
            costs: StepCosts(forward: 0.1, backward: 0.2, update: 0.05, samples: 32, gradients: gradients),
            buckets: GradientBuckets(gradients, bucketBytes: 1, firstBucketBytes: 1),
            interconnect: Interconnect(inside: link, between: link), hasSpareProcessors: hasSpareProcessors)
    }

    @Test func whatTheBackwardPassHides() throws {
        let prediction = model(NetworkLink(bytesPerSecond: 1e9, latency: 0)).prediction(ranks: 2)
        // Two messages of 25 ms, at 0.1 and 0.2 s: the second one is not hidden.
        #expect(abs(prediction.stepSeconds - 0.375) < 1e-6)
        #expect(abs(prediction.exchangeSeconds - 0.05) < 1e-6)
        #expect(abs(try #require(prediction.hiddenShare) - 0.5) < 1e-4)
        #expect(abs(prediction.speedUp - 2 * 0.35 / 0.375) < 1e-5)
        #expect(abs(prediction.samplesPerSecond - 64 / 0.375) < 1e-3)
        #expect(abs(prediction.efficiency - 0.35 / 0.375) < 1e-5)
        let alone = model(NetworkLink(bytesPerSecond: 1e9, latency: 0)).prediction(ranks: 1)
        #expect(abs(alone.stepSeconds - 0.35) < 1e-12 && alone.speedUp == 1 && alone.hiddenShare == nil)
    }

    /// Few rows of a table are sent by themselves, and by many ranks the whole table.
    @Test func rowsOfTables() {
        let link = NetworkLink(bytesPerSecond: 1e9, latency: 0)
        var some = model(link)
        let (two, many) = (some.prediction(ranks: 2).stepSeconds, some.prediction(ranks: 100).stepSeconds)
        some.costs.tables = [RowTable(bytes: 40_000_000, rowBytes: 1_000_000)]
        let net = Interconnect(inside: link, between: link)
        // 1 ms from the one other rank; 2 · 99 / 100 · 40 ms.
        #expect(abs(some.prediction(ranks: 2).stepSeconds - two - 0.001) < 1e-6)
        #expect(
            abs(some.prediction(ranks: 100).stepSeconds - many - net.allReduceSeconds(bytes: 40_000_000, ranks: 100))
                < 1e-6)
    }

    /// Sending costs processors, which computing then lacks.
    @Test func withoutSpareProcessors() {
        let link = NetworkLink(bytesPerSecond: 1e9, latency: 0, processorSecondsPerByte: 1e-9)
        let prediction = model(link, hasSpareProcessors: false).prediction(ranks: 2)
        // 50 MB are sent: 50 ms on the backward pass, and the last message after it.
        #expect(abs(prediction.stepSeconds - (0.35 + 0.05 + 0.025)) < 1e-6)
    }

    @Test func accumulationExchangesOnce() {
        var slow = model(NetworkLink(bytesPerSecond: 1e8, latency: 0))
        let once = slow.prediction(ranks: 8)
        slow.costs.microBatches = 4
        let four = slow.prediction(ranks: 8)
        #expect(abs(four.stepSeconds - once.stepSeconds - 3 * 0.3) < 1e-9)
        #expect(four.efficiency > once.efficiency)
    }

    @Test func whereItStops() throws {
        let far = model(NetworkLink(bytesPerSecond: 1e10, latency: 1e-4))
        let limit = try #require(far.limit())
        #expect(far.prediction(ranks: limit).efficiency < 0.5)
        #expect(far.prediction(ranks: limit - 1).efficiency >= 0.5)
        #expect(model(NetworkLink(bytesPerSecond: 1e12, latency: 0)).limit() == nil)
        #expect(model(NetworkLink(bytesPerSecond: 1e6, latency: 0)).limit() == 2)
        var machines = far
        machines.interconnect.ranksPerNode = 8
        let whole = try #require(machines.limit())
        #expect(whole % 8 == 0)
    }

    @Test func largerModels() {
        let costs = StepCosts(
            forward: 1, backward: 2, update: 0.5, samples: 4, gradients: [.init(bytes: 100, work: 25)])
        let larger = costs.scaled(by: 2.5)
        #expect(larger.total == 8.75)
        #expect(larger.gradients.map { $0.bytes } == [100, 100, 50])
        #expect(costs.scaled(by: 0.5).gradients.map { $0.bytes } == [50])
    }

    @Test func aStepIsMeasured() throws {
        try withTorchErrors {
            let model = StandInModel(parameters: 50_000)
            let arguments = TrainingArguments(outputDir: "unused") {
                $0.perDeviceTrainBatchSize = 2
                $0.gradientAccumulationSteps = 2
                $0.useCpu = true
            }
            let costs = try StepMeasurement.costs(
                of: model, rows: model.rows(count: 4, length: 8), arguments: arguments, steps: 3)
            #expect(costs.forward > 0 && costs.backward > 0 && costs.update > 0)
            #expect(costs.microBatches == 2 && costs.samples == 4)
            let held = costs.gradients.reduce(0) { $0 + $1.bytes }
            #expect(abs(Double(held) * model.scale - 200_000) < 8)
            #expect(!FileManager.default.fileExists(atPath: "unused"))
        }
    }

    @Test func loopbackIsMeasured() throws {
        let link = try LinkMeasurement.loopback(bytes: 1 << 20)
        #expect(link.bytesPerSecond > 1e6 && link.bytesPerSecond < 1e12)
        #expect(link.latency > 0 && link.latency < 1)
        #expect(link.processorSecondsPerByte > 0)
    }
}
