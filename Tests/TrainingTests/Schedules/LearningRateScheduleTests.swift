import Foundation
import OrderedJSON
import Testing
import Training

@Suite struct LearningRateScheduleTests {
    private func makeSchedule(_ type: String, _ kwargs: JSONValue?, warmup: Int, total: Int) -> LearningRateSchedule? {
        guard let type = SchedulerType(rawValue: type) else { return nil }
        if type == .cosine, let cycles = kwargs?["num_cycles"]?.doubleValue {
            return .cosine(warmupSteps: warmup, totalSteps: total, cycles: cycles)
        }
        return ScheduleRegistry.schedule(type, .init(warmupSteps: warmup, totalSteps: total))
    }

    @Test func ratesArePythonsToTheLastBit() throws {
        let fixture = try JSONValue(parsing: Data(contentsOf: fixtureURL("schedules.json")))
        for item in try #require(fixture["cases"]?.arrayValue) {
            let base = try #require(item["base"]?.doubleValue)
            let warmup = try #require(item["warmup"]?.intValue)
            let total = try #require(item["total"]?.intValue)
            let type = try #require(item["type"]?.stringValue)
            let schedule = try #require(makeSchedule(type, item["kwargs"], warmup: warmup, total: total))
            for (step, rate) in try #require(item["lr"]?.arrayValue).enumerated() {
                #expect(schedule.learningRate(step, base: base) == rate.doubleValue, "\(schedule.name) at \(step)")
            }
        }
        for item in try #require(fixture["warmup"]?.arrayValue) {
            let numbers = try #require(item.arrayValue)
            let arguments = TrainingArguments { $0.warmupSteps = numbers[0].doubleValue ?? -1 }
            #expect(arguments.warmupStepCount(totalSteps: numbers[1].intValue ?? 0) == numbers[2].intValue)
        }
    }

    static let golden = sharedFolder.appending(path: "golden/schedules.json")

    @Test(.enabled(if: FileManager.default.fileExists(atPath: golden.path)))
    func goldenRates() throws {
        let golden = try JSONValue(parsing: Data(contentsOf: Self.golden))
        let base = try #require(golden["lr"]?.doubleValue)
        var checked = 0
        for item in try #require(golden["cases"]?.arrayValue) {
            let warmup = item["num_warmup_steps"]?.intValue ?? golden["num_warmup_steps"]?.intValue ?? -1
            let total = item["num_training_steps"]?.intValue ?? golden["num_training_steps"]?.intValue ?? -1
            let type = try #require(item["type"]?.stringValue)
            guard let schedule = makeSchedule(type, item["kwargs"], warmup: warmup, total: total) else { continue }
            checked += 1
            let rates = try #require(item["lr"]?.arrayValue).map(\.doubleValue)
            #expect(rates == rates.indices.map { schedule.learningRate($0, base: base) }, "\(schedule.name)")
        }
        #expect(checked == 10)
        for item in try #require(golden["warmup_steps_resolution"]?.arrayValue) {
            let arguments = TrainingArguments { $0.warmupSteps = item["warmup_steps"]?.doubleValue ?? -1 }
            let total = try #require(item["num_training_steps"]?.intValue)
            #expect(arguments.warmupStepCount(totalSteps: total) == item["result"]?.intValue)
        }
    }

    @Test func argumentsMakeTheirSchedule() {
        let arguments = TrainingArguments { $0.warmupSteps = 0.25 }
        let schedule = arguments.schedule(totalSteps: 10)
        #expect(schedule.name == "linear")
        #expect(schedule.factor(0) == 0)
        #expect(schedule.factor(3) == 1)
        #expect(schedule.factor(10) == 0)
        #expect(!LearningRateSchedule.constant.hasPartialState)
    }
}
