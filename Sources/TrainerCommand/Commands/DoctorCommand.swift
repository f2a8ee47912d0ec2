import ArgumentParser
import OrderedJSON
import SwiftTrainer

/// `trainer doctor`
struct DoctorCommand: TrainerSubcommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor", abstract: "Says what this machine offers, what is wrong, and how to mend it.",
        discussion: """
            With --plan it measures a few training steps of a model here and says what more ranks would give, how much \
            of the exchange of gradients the backward pass hides, and where it stops scaling:

              trainer doctor --plan 16 --model MODEL --per-device-train-batch-size 32 --link-gbps 10 --link-latency-us 20
            """)

    @OptionGroup(title: "Plan") var options: PlanOptions

    static let trainingFlags = TrainingFlags.some(PlanOptions.trainingFlags)
    static let trainingFlagsTitle = "THE PLANNED RUN"
    static let switches = PlanOptions.switches
    static let ownFlags = PlanOptions.flags

    func perform(_ arguments: TrainingArguments) throws {
        try options.check(arguments)
        guard options.plan == nil else { return try plan(arguments) }
        let examination = Examination()
        for line in examination.lines { Console.print(line) }
        guard examination.problems.isEmpty else {
            for problem in examination.problems.dropLast() { Console.warn(problem) }
            throw CommandFailure.failed(examination.problems.last ?? "")
        }
        Console.print("nothing is wrong")
    }

    private func plan(_ arguments: TrainingArguments) throws {
        let plan = try ScalingPlan(options, arguments)
        guard options.json != true else { return Console.print(plan.json.serialized(JSONFormat(indent: 2))) }
        for line in plan.lines { Console.print(line) }
    }
}
