import Foundation
import OrderedJSON
import Testing
import Training

/// Checkpoints: going on from Python's, the best one, early stopping.
@Suite(.serialized) struct ParityCheckpointTests {
    @Test func case44GoesOnFromPythonsCheckpoint() throws { try expectRun("resumed") }

    @Test func case45GoesOnFromPythonsCheckpointAtAnEpochsEnd() throws { try expectRun("resumed_at_epoch") }

    @Test func case48AnEpochIsReplayed() throws {
        let finished = try expectRun("replayed")
        #expect(finished.order.first == Array(seededPermutation(10, seed: 43).prefix(2)))
    }

    @Test func case50WithoutOptimizerOrSchedulerBothStartAnew() throws {
        let finished = try expectRun("without_scheduler")
        #expect(finished.series("learning_rate")[4] == 0)
        try expectRun("without_optimizer")
    }

    @Test func case51LimitsKeepTheBest() throws {
        #expect(try expectRun("epochs").checkpoints.count == 1)
        #expect(try expectRun("limit_two").checkpoints.count == 2)
    }

    @Test func case52BestWeightsAreLoaded() throws {
        let finished = try expectRun("epochs")
        #expect(finished.trainer.state.bestGlobalStep != finished.result.globalStep)
    }

    @Test func case53OnlyImprovementsAreSaved() throws {
        let finished = try expectRun("early")
        #expect(finished.checkpoints == ["checkpoint-10", "checkpoint-15", "checkpoint-5"])
    }

    @Test func case54EarlyStopping() throws {
        #expect(try expectRun("early").result.globalStep == 25)
        #expect(try expectRun("early_threshold").result.globalStep == 15)
        // One evaluation without improvement before the checkpoint, one after it.
        #expect(try expectRun("early_resumed").result.globalStep == 25)
    }
}
