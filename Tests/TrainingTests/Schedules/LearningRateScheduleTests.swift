import Foundation
import OrderedJSON
import Testing
import Training

@Suite struct LearningRateScheduleTests {
    /// A case of the files: by steps, or by the metrics of as many evaluations.
    private func rates(_ item: JSONValue, warmup: Int, total: Int, base: Double, _ metrics: [Double]) throws -> [Double]
    {
        let type = try #require(SchedulerType(rawValue: item["type"]?.stringValue ?? ""))
        let kwargs = KeywordArguments(item["kwargs"]?.objectValue ?? JSONObject())
        let schedule = try ScheduleRegistry.schedule(
            type, .init(warmupSteps: warmup, totalSteps: total, learningRate: base, options: kwargs))
        let count = item["lr"]?.arrayValue?.count ?? 0
        guard var evaluations = schedule.evaluations else {
            return (0..<count).map { schedule.learningRate($0, base: base) }
        }
        try evaluations.begin(rates: [base])
        var rates = [base]
        for metric in metrics.prefix(count - 1) {
            rates.append(try #require(evaluations.step(metric, rates: [rates[rates.count - 1]]).first))
        }
        return rates
    }

    @Test func ratesArePythonsToTheLastBit() throws {
        let fixture = try JSONValue(parsing: Data(contentsOf: fixtureURL("schedules.json")))
        let metrics = fixture["metrics"]?.arrayValue?.compactMap(\.doubleValue) ?? []
        var types: Set<String> = []
        for item in try #require(fixture["cases"]?.arrayValue) {
            let base = try #require(item["base"]?.doubleValue)
            let warmup = try #require(item["warmup"]?.intValue)
            let total = try #require(item["total"]?.intValue)
            let got = try rates(item, warmup: warmup, total: total, base: base, metrics)
            #expect(got == item["lr"]?.arrayValue?.compactMap(\.doubleValue), "\(item)")
            types.insert(item["type"]?.stringValue ?? "")
        }
        #expect(types == Set(SchedulerType.allCases.map(\.rawValue)))
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
        let metrics = golden["metrics_fed"]?.arrayValue?.compactMap(\.doubleValue) ?? []
        let cases = try #require(golden["cases"]?.arrayValue)
        #expect(cases.count == 32)
        for item in cases {
            let warmup = item["num_warmup_steps"]?.intValue ?? golden["num_warmup_steps"]?.intValue ?? -1
            let total = item["num_training_steps"]?.intValue ?? golden["num_training_steps"]?.intValue ?? -1
            let got = try rates(item, warmup: warmup, total: total, base: base, metrics)
            #expect(got == item["lr"]?.arrayValue?.compactMap(\.doubleValue), "\(item)")
        }
        for item in try #require(golden["warmup_steps_resolution"]?.arrayValue) {
            let arguments = TrainingArguments { $0.warmupSteps = item["warmup_steps"]?.doubleValue ?? -1 }
            let total = try #require(item["num_training_steps"]?.intValue)
            #expect(arguments.warmupStepCount(totalSteps: total) == item["result"]?.intValue)
        }
    }

    @Test func argumentsMakeTheirSchedule() throws {
        let arguments = TrainingArguments { $0.warmupSteps = 0.25 }
        let schedule = try arguments.schedule(totalSteps: 10)
        #expect(schedule.name == "linear")
        #expect(schedule.factor(0) == 0)
        #expect(schedule.factor(3) == 1)
        #expect(schedule.factor(10) == 0)
        #expect(!LearningRateSchedule.constant.hasPartialState)
    }
}
