/// `optimizer.pt` and `scheduler.pt` in Python's layout.
enum OptimizerFile {
    static func value(
        _ state: OptimizerStateDict, schedule: LearningRateSchedule, _ serialized: (Tensor) throws -> SerializedTensor
    ) throws -> PickleValue {
        let states = try state.state.keys.sorted().map { id in
            PickleDictionary.Entry(
                key: .int(id),
                value: .named(
                    try (state.state[id] ?? []).map { name, tensor in
                        let isInteger = state.integerStates.contains(name)
                        return (name, isInteger ? .int(tensor.item(as: Int.self)) : .tensor(try serialized(tensor)))
                    }))
        }
        let groups = state.groups.map { group -> PickleValue in
            // PyTorch's schedules that follow evaluations leave no first rate in the groups.
            let options = group.options.filter { schedule.evaluations == nil || $0.name != "initial_lr" }
            return .named(
                options.map { ($0.name, pickled($0.value)) }
                    + [("params", .list(group.parameters.map { .int($0) }))])
        }
        return .named([("state", .dict(PickleDictionary(states))), ("param_groups", .list(groups))])
    }

    /// - Parameter tensor: What is taken of a tensor, by its parameter's number and its name; by default all of it.
    /// - Throws: ``TrainingError/checkpoint(_:)`` that names the file.
    static func stateDict(
        _ value: PickleValue, file: String,
        tensor: (Int, String, SerializedTensor) throws -> Tensor = { Tensor(copying: $2) }
    ) throws -> OptimizerStateDict {
        func malformed(_ what: String) -> TrainingError { .checkpoint("\(file) is no optimizer state: \(what)") }
        guard let states = value["state"]?.dictionaryValue, let groups = value["param_groups"]?.elements else {
            throw malformed("it lacks state or param_groups")
        }
        var result = OptimizerStateDict(state: [:], groups: [])
        for entry in states.entries {
            guard let id = entry.key.intValue, let tensors = entry.value.dictionaryValue else {
                throw malformed("an entry of state is no dictionary")
            }
            // bitsandbytes keeps its tensors in a dictionary within.
            let entries = tensors.entries.flatMap { $0.value.dictionaryValue?.entries ?? [$0] }
            result.state[id] = try entries.compactMap { item in
                guard let name = item.key.stringValue else { return nil }
                if let saved = item.value.tensorValue { return (name, try tensor(id, name, saved)) }
                // Adafactor counts its steps, and other optimizers in old files theirs, in plain numbers.
                return item.value.doubleValue.map { (name, Tensor.full([], $0, dtype: .float32)) }
            }
        }
        for group in groups {
            guard let entries = group.dictionaryValue?.entries,
                let parameters = group["params"]?.elements?.compactMap({ $0.intValue })
            else { throw malformed("a group lacks params") }
            let options = entries.compactMap { item -> (name: String, value: OptimizerOption)? in
                guard let name = item.key.stringValue, let value = item.value.doubleValue else { return nil }
                return (name, .double(value))
            }
            result.groups.append((options, parameters))
        }
        return result
    }

    /// `scheduler.pt` after `step` steps.
    static func value(_ schedule: LearningRateSchedule, step: Int, baseRates: [Double]) -> PickleValue {
        if let evaluations = schedule.evaluations { return evaluations.state }
        let lambda: PickleValue = schedule.hasPartialState ? .dict(PickleDictionary([])) : .none
        return .named([
            ("base_lrs", .list(baseRates.map { .float($0) })), ("last_epoch", .int(step)),
            ("_step_count", .int(step + 1)),
            ("_is_initial", .bool(false)), ("_get_lr_called_within_step", .bool(false)),
            ("_last_lr", .list(baseRates.map { .float(schedule.learningRate(step, base: $0)) })),
            ("lr_lambdas", .list(baseRates.map { _ in lambda })),
        ])
    }

    private static func pickled(_ option: OptimizerOption) -> PickleValue {
        switch option {
        case .none: .none
        case .bool(let value): .bool(value)
        case .int(let value): .int(value)
        case .double(let value): .float(value)
        case .doubles(let values): .tuple(values.map { .float($0) })
        }
    }
}
