import Foundation
import OrderedJSON
import Testing
import Training

@Suite struct TrainerStateTests {
    static let golden = sharedFolder.appending(path: "golden/python-checkpoint/checkpoint-7/trainer_state.json")

    @Test(.enabled(if: FileManager.default.fileExists(atPath: golden.path)))
    func pythonsFileRoundTrips() throws {
        let bytes = try Data(contentsOf: Self.golden)
        let state = try TrainerState(fileContents: bytes)
        #expect(state.globalStep == 7)
        #expect(state.epoch == 0.7)
        #expect(state.logHistory.count == 7)
        #expect(state.fileContents == bytes)
    }

    @Test func everyKindOfValueRoundTrips() throws {
        let bytes = try Data(contentsOf: fixtureURL("trainer_state_full.json"))
        let state = try TrainerState(fileContents: bytes)
        #expect(state.bestModelCheckpoint == "results/é/checkpoint-3")
        #expect(state.bestMetric == 0.875)
        #expect(state.logHistory[0]["loss"]?.doubleValue?.isNaN == true)
        #expect(state.trialParams?["layers"] == 2)
        #expect(TrainerControl(state: state.statefulCallbacks["TrainerControl"] ?? nil).shouldSave)
        #expect(String(decoding: state.fileContents, as: UTF8.self) == String(decoding: bytes, as: UTF8.self))
    }

    @Test func aNewStateHasPythonsKeys() throws {
        let python = try JSONValue(parsing: Data(contentsOf: fixtureURL("trainer_state_new.json")))
        var state = TrainerState()
        state.trainBatchSize = 8
        #expect(Set(state.json.objectValue?.keys ?? []) == Set(python.objectValue?.keys ?? []))
        for (key, value) in python.objectValue?.members ?? [] {
            #expect(state.json[key] == value || state.json[key]?.doubleValue == value.doubleValue, "\(key)")
        }
    }

    @Test func readsWhatItCan() throws {
        let state = try TrainerState(
            json: ["global_step": 3, "logging_steps": 10.0, "new_key_of_tomorrow": 1, "best_metric": nil])
        #expect(state.globalStep == 3)
        #expect(state.loggingSteps == 10)
        #expect(state.saveSteps == 500)
        #expect(state.json["new_key_of_tomorrow"] == nil)
    }

    @Test(arguments: [
        ("[]", "s.json: expected an object with the trainer's state"),
        ("{\"global_step\": \"7\"}", "s.json: global_step must be a whole number"),
        ("{\"global_step\": 1.5}", "s.json: global_step must be a whole number"),
        ("{\"log_history\": [1]}", "s.json: log_history must be a list of objects"),
        ("{\"epoch\": true}", "s.json: epoch must be a number"),
        ("{\"epoch\": ", "s.json, line 1, column 11: the text ends where a value should stand"),
    ])
    func refusals(text: String, message: String) {
        let error = #expect(throws: TrainerStateError.self) {
            try TrainerState(fileContents: Data(text.utf8), source: "s.json")
        }
        #expect(error?.description == message)
    }

    @Test func controlResets() {
        var control = TrainerControl()
        control.shouldLog = true
        control.shouldSave = true
        control.shouldEvaluate = true
        control.shouldEpochStop = true
        control.shouldTrainingStop = true
        #expect(TrainerControl(state: control.state()) == control)
        control.newStep()
        #expect(!control.shouldLog && !control.shouldSave && !control.shouldEvaluate)
        control.newEpoch()
        #expect(!control.shouldEpochStop && control.shouldTrainingStop)
        control.newTraining()
        #expect(control == TrainerControl())
    }
}
