public import ArgumentParser
import SwiftTrainer

/// Flags for training low-rank adapters in place of the whole model.
struct LoRAOptions: FlagTable {
    @Option(
        help: ArgumentHelp(
            "Whether a low-rank adapter is trained and the model itself kept as it is (default: false).",
            valueName: "true|false"))
    var lora: Bool?

    @Option(help: "The adapter's rank (default: 8).")
    var loraR: Int?

    @Option(help: "The adapter counts alpha/rank times (default: 8).")
    var loraAlpha: Double?

    @Option(help: "The probability of dropping an input of the adapter (default: 0).")
    var loraDropout: Double?

    @Option(
        help: ArgumentHelp(
            "The layers that get an adapter: ends of names with commas between, a regular expression for whole names, or "
                + "all-linear (default: those that are usual for the model).", valueName: "NAMES"))
    var loraTargetModules: String?

    @Option(
        help: ArgumentHelp(
            "Modules that are trained whole beside the adapter, with commas between (default: the head).",
            valueName: "NAMES"))
    var loraModulesToSave: String?

    @Option(help: "The biases that are trained: none, all or lora_only (default: none).")
    var loraBias: AdapterBias?

    @Option(
        help: ArgumentHelp(
            "Whether the adapter counts alpha/√rank times instead of alpha/rank (default: false).",
            valueName: "true|false"))
    var useRslora: Bool?

    static let table: [Flag<LoRAOptions>] = [
        Flag("lora", \.lora, .always(.train)),
        Flag("lora-r", \.loraR, .always(.train)),
        Flag("lora-alpha", \.loraAlpha, .always(.train)),
        Flag("lora-dropout", \.loraDropout, .always(.train)),
        Flag("lora-target-modules", \.loraTargetModules, .always(.train)),
        Flag("lora-modules-to-save", \.loraModulesToSave, .always(.train)),
        Flag("lora-bias", \.loraBias, .always(.train)),
        Flag("use-rslora", \.useRslora, .always(.train)),
    ]

    /// A flag without `--lora` is an error.
    ///
    /// - Throws: ``CommandFailure/usage(_:)`` that names the flag.
    func check() throws {
        if lora != true, let odd = given.first(where: { $0.name != "lora" }) {
            throw CommandFailure.usage("--\(odd.name) needs --lora")
        }
        if let loraR, loraR < 1 { throw CommandFailure.usage("--lora-r is \(loraR), but must be at least 1") }
        if let loraDropout, !(0..<1).contains(loraDropout) {
            throw CommandFailure.usage("--lora-dropout is \(loraDropout), but must be at least 0 and below 1")
        }
    }

    /// Puts the adapter on a model, where one is wanted.
    func apply(to model: HeadedModel) throws {
        guard lora == true else { return }
        var configuration = LoRAConfiguration(taskType: AdapterTask(model.task))
        if let loraR { configuration.r = loraR }
        if let loraAlpha { configuration.loraAlpha = loraAlpha }
        if let loraDropout { configuration.loraDropout = loraDropout }
        if let loraTargetModules { configuration.targetModules = Self.selection(loraTargetModules) }
        configuration.modulesToSave = loraModulesToSave.map(Self.names)
        // PEFT knows no such task, and would leave the new head as it was drawn.
        if model.task == .multipleChoice, loraModulesToSave == nil { configuration.modulesToSave = ["classifier"] }
        if let loraBias { configuration.bias = loraBias }
        if let useRslora { configuration.useRslora = useRslora }
        try model.addAdapter(configuration)
        let all = model.numParameters()
        let trained = model.numParameters(onlyTrainable: true)
        Console.note("note: \(trained) of \(all) parameters are trained")
    }

    private static func selection(_ text: String) -> ModuleSelection {
        let isList = text.allSatisfy { $0.isLetter || $0.isNumber || "._-, ".contains($0) }
        return isList && text.lowercased() != "all-linear" ? .names(names(text)) : ModuleSelection(text)
    }

    private static func names(_ text: String) -> [String] {
        text.split(separator: ",").map { $0.filter { $0 != " " } }.filter { !$0.isEmpty }
    }
}

extension AdapterBias: ExpressibleByArgument {}
