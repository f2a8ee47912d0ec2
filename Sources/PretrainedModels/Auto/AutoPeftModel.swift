public import Foundation
import OrderedJSON

/// Loads the model of an adapter's folder, with the head that the adapter is for.
public enum AutoPeftModel {
    /// The model that the adapter names, with the adapter on it, in evaluation mode; as with PEFT, whatever other model lies
    /// in the adapter's folder.
    ///
    /// - Parameter folder: With `adapter_config.json`, whose `task_type` says which head; where it says none, its
    ///   `auto_mapping` or the model's configuration does.
    /// - Throws: ``PretrainedModelError`` where the folder holds no adapter, or says of no head.
    public static func fromPretrained(folder: URL) throws -> PretrainedModel {
        guard let adapter = try AdapterFolder(folder)?.onNamedModel else {
            throw PretrainedModelError.argument(
                "\(folder.path) holds no adapter: there is no \(LoRAConfiguration.fileName)")
        }
        var configuration = try adapter.modelConfiguration()
        configuration.nameOrPath = folder.path
        let loader = try ModelLoader(task: task(adapter, configuration), configuration: configuration)
        return try loader.load(adapter, ignoreMismatchedSizes: false)
    }

    private static func task(_ adapter: AdapterFolder, _ configuration: ModelConfiguration) throws -> HeadTask? {
        switch adapter.configuration.taskType {
        case .sequenceClassification: return .sequenceClassification
        case .tokenClassification: return .tokenClassification
        case .questionAnswering: return .questionAnswering
        case .causalLM: return .causalLM
        case .featureExtraction: return nil
        case nil: break
        }
        let classes = (configuration["architectures"]?.arrayValue ?? []).compactMap(\.stringValue)
        guard let name = adapter.configuration.modelClass ?? classes.first else {
            throw PretrainedModelError.argument(
                "\(adapter.folder.path) does not say what its adapter is for (task_type)")
        }
        return name.hasSuffix("LMHeadModel") ? .causalLM : HeadTask.allCases.first { name.hasSuffix($0.rawValue) }
    }
}
