/// Why a pretrained model could not be made, loaded or saved.
public enum PretrainedModelError: Error, Hashable, CustomStringConvertible {
    /// The folder has no `config.json`.
    case noConfiguration(folder: String)
    /// A value of a configuration cannot be used.
    case configuration(String, String)
    /// `model_type` is missing or unknown.
    case unknownArchitecture(String?, file: String, supported: [String])
    /// `model_type` reads with an encoder and writes with a decoder.
    case encoderDecoder(String, file: String, supported: [String])
    /// The folder has none of the weight files.
    case noWeights(folder: String, looked: [String])
    /// The weights do not fit the configuration.
    case misfit(file: String, String)
    /// An argument cannot be used.
    case argument(String)
    /// A file could not be written.
    case unwritable(String, String)

    public var description: String {
        switch self {
        case .noConfiguration(let folder):
            "\(folder) has no readable config.json; a model folder with config.json and model.safetensors is expected"
        case .configuration(let file, let reason): "\(file): \(reason)"
        case .unknownArchitecture(let type, let file, let supported):
            (type.map { "\(file): model_type '\($0)' is not supported" } ?? "\(file): model_type is missing")
                + "; supported: \(supported.joined(separator: ", "))"
        case .encoderDecoder(let type, let file, let supported):
            "\(file): model_type '\(type)' reads with an encoder and writes with a decoder; such models are not supported; "
                + "supported: \(supported.joined(separator: ", "))"
        case .noWeights(let folder, let looked):
            "\(folder) has no weights: none of \(looked.joined(separator: ", ")) is there"
        case .misfit(let file, let reason): "\(file): \(reason)"
        case .argument(let reason): reason
        case .unwritable(let file, let reason): "cannot write \(file): \(reason)"
        }
    }
}
