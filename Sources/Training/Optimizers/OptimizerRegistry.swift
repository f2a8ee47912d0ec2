/// Makes the optimizers that ``TrainingArguments/optim`` names: one entry for each.
enum OptimizerRegistry {
    /// Makes an optimizer of two groups.
    typealias Factory = ([ParameterGroup]) -> Optimizer

    /// The optimizer that the arguments name, its options read and checked.
    ///
    /// - Throws: `TrainingArgumentsError.invalid` for options that are unknown or malformed.
    static func factory(_ arguments: TrainingArguments) throws(TrainingArgumentsError) -> Factory {
        var options = try optionReader(arguments)
        let factory = entry(arguments.optim)(arguments, &options)
        try options.finish()
        return factory
    }

    private typealias Entry = (TrainingArguments, inout OptionReader) -> Factory

    private static func entry(_ name: OptimizerNames) -> Entry {
        switch name {
        case .adamwTorchFused, .adamwTorch: adamW
        case .adafactor: adafactor
        case .sgd: sgd
        case .adagrad: adagrad
        case .rmsprop: rmsprop
        case .lion32bit: lion
        case .ademamix: adEMAMix
        }
    }

    private static func optionReader(_ arguments: TrainingArguments) throws(TrainingArgumentsError) -> OptionReader {
        let text = arguments.optimArgs ?? ""
        guard let given = KeywordArguments(pairs: text) else {
            throw .invalid(["optim_args must be key=value,key=value, not \(text)"])
        }
        return OptionReader(argument: "optim_args", owner: arguments.optim.rawValue, given)
    }

    // MARK: Entries: options as Python's `Trainer.get_optimizer_cls_and_kwargs` reads them

    private static func adamW(_ arguments: TrainingArguments, _ options: inout OptionReader) -> Factory {
        { groups in
            AdamW(
                groups: groups, betas: (arguments.adamBeta1, arguments.adamBeta2), eps: arguments.adamEpsilon,
                fusesParameters: arguments.numerics == .fast)
        }
    }

    private static func adafactor(_ arguments: TrainingArguments, _ options: inout OptionReader) -> Factory {
        { Adafactor(groups: $0, scaleParameter: false, stepSize: .learningRate) }
    }

    private static func sgd(_ arguments: TrainingArguments, _ options: inout OptionReader) -> Factory {
        let momentum = options.number("momentum", 0, .notNegative)
        let dampening = options.number("dampening", 0, .notNegative)
        let nesterov = options.flag("nesterov", false)
        declineWeightDecay(&options)
        if nesterov, momentum <= 0 || dampening != 0 {
            options.refuse("nesterov needs a momentum above 0 and no dampening")
        }
        return { SGD(groups: $0, momentum: momentum, dampening: dampening, nesterov: nesterov) }
    }

    private static func adagrad(_ arguments: TrainingArguments, _ options: inout OptionReader) -> Factory {
        let lrDecay = options.number("lr_decay", 0, .notNegative)
        let eps = options.number("eps", 1e-10, .notNegative)
        declineWeightDecay(&options)
        return { Adagrad(groups: $0, lrDecay: lrDecay, eps: eps, isFused: arguments.numerics == .fast) }
    }

    private static func rmsprop(_ arguments: TrainingArguments, _ options: inout OptionReader) -> Factory {
        let momentum = options.number("momentum", 0, .notNegative)
        let alpha = options.number("alpha", 0.99, .notNegative)
        let eps = options.number("eps", 1e-8, .notNegative)
        let centered = options.flag("centered", false)
        declineWeightDecay(&options)
        return { RMSprop(groups: $0, momentum: momentum, alpha: alpha, eps: eps, centered: centered) }
    }

    private static func lion(_ arguments: TrainingArguments, _ options: inout OptionReader) -> Factory {
        { Lion(groups: $0, betas: (arguments.adamBeta1, arguments.adamBeta2), layout: .bitsandbytes) }
    }

    private static func adEMAMix(_ arguments: TrainingArguments, _ options: inout OptionReader) -> Factory {
        let betas = (
            options.number("beta1", arguments.adamBeta1, .betweenZeroAndOne),
            options.number("beta2", arguments.adamBeta2, .belowOne),
            options.number("beta3", 0.9999, .betweenZeroAndOne)
        )
        let alpha = options.number("alpha", 5, .notNegative)
        let eps = options.number("eps", arguments.adamEpsilon, .notNegative)
        let alphaSteps = options.optionalInteger("t_alpha", .atLeast(1))
        let beta3Steps = options.optionalInteger("t_beta3", .atLeast(1))
        return {
            AdEMAMix(
                groups: $0, betas: betas, alpha: alpha, eps: eps, alphaSteps: alphaSteps, beta3Steps: beta3Steps)
        }
    }

    /// Python reads it, but its groups have a weight decay of their own, so it has no effect there.
    private static func declineWeightDecay(_ options: inout OptionReader) {
        options.decline("weight_decay", "set weight_decay as an argument of its own")
    }
}
