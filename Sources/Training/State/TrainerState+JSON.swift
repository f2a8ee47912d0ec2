public import Foundation
public import OrderedJSON

/// A `trainer_state.json` that cannot be read.
public enum TrainerStateError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The text is no JSON.
    case malformed(JSONError)
    /// The text is JSON, but no object.
    case notAnObject(source: String)
    /// A value has another type than Python writes.
    case wrongType(source: String, key: String, expected: String)

    public var description: String {
        switch self {
        case .malformed(let error): error.description
        case .notAnObject(let source): "\(source): expected an object with the trainer's state"
        case .wrongType(let source, let key, let expected): "\(source): \(key) must be \(expected)"
        }
    }
}

extension TrainerState {
    /// The state under Python's keys.
    public var json: JSONValue {
        [
            "epoch": .double(epoch), "global_step": .int(globalStep), "max_steps": .int(maxSteps),
            "logging_steps": .int(loggingSteps), "eval_steps": .int(evalSteps), "save_steps": .int(saveSteps),
            "train_batch_size": trainBatchSize.map { .int($0) } ?? nil, "num_train_epochs": .int(numTrainEpochs),
            "num_input_tokens_seen": .int(numInputTokensSeen), "total_flos": .double(totalFlos),
            "log_history": .array(logHistory.map { .object($0) }),
            "best_metric": bestMetric.map { .double($0) } ?? nil,
            "best_global_step": bestGlobalStep.map { .int($0) } ?? nil,
            "best_model_checkpoint": bestModelCheckpoint.map { .string($0) } ?? nil,
            "is_local_process_zero": .bool(isLocalProcessZero), "is_world_process_zero": .bool(isWorldProcessZero),
            "is_hyper_param_search": .bool(isHyperParamSearch), "trial_name": trialName.map { .string($0) } ?? nil,
            "trial_params": trialParams ?? nil, "stateful_callbacks": .object(statefulCallbacks),
        ]
    }

    /// The text of `trainer_state.json`, as Python writes it.
    public var fileContents: Data {
        Data(json.serializedBytes(JSONFormat(indent: 2, sortKeys: true)) + [0x0A])
    }

    /// Reads the text of a `trainer_state.json`, Python's or ours. Keys that are missing keep their defaults; keys that
    /// nobody knows are left out, for Python could not read them back.
    /// - Parameters:
    ///   - fileContents: the file's bytes.
    ///   - source: what to call the file in errors.
    /// - Throws: `TrainerStateError`.
    public init(fileContents: Data, source: String = "trainer_state.json") throws(TrainerStateError) {
        let json: JSONValue
        do { json = try JSONValue(parsing: fileContents, source: source) } catch { throw .malformed(error) }
        try self.init(json: json, source: source)
    }

    /// Reads what `json` gave; see `init(fileContents:source:)`.
    public init(json: JSONValue, source: String = "trainer_state.json") throws(TrainerStateError) {
        guard case .object(let object) = json else { throw .notAnObject(source: source) }
        let fields = Fields(object: object, source: source)
        self.init()
        epoch = try fields.number("epoch") ?? epoch
        globalStep = try fields.integer("global_step") ?? globalStep
        maxSteps = try fields.integer("max_steps") ?? maxSteps
        loggingSteps = try fields.integer("logging_steps") ?? loggingSteps
        evalSteps = try fields.integer("eval_steps") ?? evalSteps
        saveSteps = try fields.integer("save_steps") ?? saveSteps
        trainBatchSize = try fields.integer("train_batch_size")
        numTrainEpochs = try fields.integer("num_train_epochs") ?? numTrainEpochs
        numInputTokensSeen = try fields.integer("num_input_tokens_seen") ?? numInputTokensSeen
        totalFlos = try fields.number("total_flos") ?? totalFlos
        logHistory = try fields.records("log_history") ?? logHistory
        bestMetric = try fields.number("best_metric")
        bestGlobalStep = try fields.integer("best_global_step")
        bestModelCheckpoint = try fields.value("best_model_checkpoint", "a text", \.stringValue)
        isLocalProcessZero = try fields.flag("is_local_process_zero") ?? isLocalProcessZero
        isWorldProcessZero = try fields.flag("is_world_process_zero") ?? isWorldProcessZero
        isHyperParamSearch = try fields.flag("is_hyper_param_search") ?? isHyperParamSearch
        trialName = try fields.value("trial_name", "a text", \.stringValue)
        trialParams = try fields.value("trial_params", "an object") { $0.objectValue.map { .object($0) } }
        statefulCallbacks = try fields.value("stateful_callbacks", "an object", \.objectValue) ?? statefulCallbacks
    }
}

/// Typed access to the members of one object; null counts as missing.
private struct Fields {
    let object: JSONObject
    let source: String

    func value<Value>(
        _ key: String, _ expected: String, _ read: (JSONValue) -> Value?
    ) throws(TrainerStateError) -> Value? {
        guard let json = object[key], json != .null else { return nil }
        guard let value = read(json) else { throw .wrongType(source: source, key: key, expected: expected) }
        return value
    }

    /// Python writes a whole number of steps as a float if it was given as one.
    func integer(_ key: String) throws(TrainerStateError) -> Int? {
        try value(key, "a whole number") { $0.intValue ?? $0.doubleValue.flatMap { Int(exactly: $0) } }
    }

    func number(_ key: String) throws(TrainerStateError) -> Double? { try value(key, "a number", \.doubleValue) }

    func flag(_ key: String) throws(TrainerStateError) -> Bool? { try value(key, "true or false", \.boolValue) }

    func records(_ key: String) throws(TrainerStateError) -> [JSONObject]? {
        try value(key, "a list of objects") { json in
            guard let elements = json.arrayValue else { return nil }
            let objects = elements.compactMap(\.objectValue)
            return objects.count == elements.count ? objects : nil
        }
    }
}
