public import Foundation
import OrderedJSON
public import Training

/// Base class of models with a configuration that are loaded from and saved to folders in Python's layout.
open class PretrainedModel: Module {
    /// The configuration; saved beside the weights.
    public var config: ModelConfiguration
    /// What was put on it with ``addAdapter(_:)`` or ``loadAdapter(folder:)-(URL)``; nil: nothing.
    public internal(set) var adapter: ModelAdapter?
    /// Names of weights that loading drew anew, for the files lack them.
    var drawnWeights: [String] = []

    public init(config: ModelConfiguration) { self.config = config }

    /// Python's name of this class, for `architectures` in `config.json`; the type's own name unless overridden.
    open var architectureName: String { String(describing: type(of: self)) }

    /// The prefix of the encoder's keys inside a model with a head (`bert`); nil for the encoder itself.
    open var baseModelPrefix: String? { nil }

    /// The present name of a weight in an older file; nil where it is to be passed over.
    open func currentKey(_ key: String) -> String? { key }

    /// Beginnings of the names of the encoder's weights that a checkpoint may lack, beside those of the head.
    open var optionalKeyPrefixes: [String] { [] }

    /// Gives the parameters of one module (not of those inside it) their initial values, as Python's `_init_weights`:
    /// normal numbers of `initializer_range` (0.02 where that is 0) for matrices, 0 for biases, 1 and 0 for normalisation.
    ///
    /// - Parameters:
    ///   - module: This module or one inside it.
    ///   - isMissing: Whether the parameter of this name in the module is to be set; the others were loaded.
    open func initializeMissing(_ module: Module, isMissing: (String) -> Bool = { _ in true }) {
        let given = config["initializer_range"]?.doubleValue ?? 0
        let range = given == 0 ? 0.02 : given
        switch module {
        case let linear as Linear:
            if isMissing("weight") { Init.normal_(linear.weight, std: range) }
            if let bias = linear.bias, isMissing("bias") { Init.zeros_(bias) }
        case let convolution as Conv1d:
            if isMissing("weight") { Init.normal_(convolution.weight, std: range) }
            if let bias = convolution.bias, isMissing("bias") { Init.zeros_(bias) }
        case let embedding as Embedding:
            guard isMissing("weight") else { return }
            Init.normal_(embedding.weight, std: range)
            if let row = embedding.paddingIdx { noGrad { _ = embedding.weight.select(dim: 0, index: row).zero_() } }
        case let norm as LayerNorm:
            if isMissing("weight") { Init.ones_(norm.weight) }
            if let bias = norm.bias, isMissing("bias") { Init.zeros_(bias) }
        case let norm as RMSNorm:
            if isMissing("weight") { Init.ones_(norm.weight) }
        default:
            break
        }
    }

    /// Reads what a folder holds of the model beside its configuration and weights; by default nothing.
    ///
    /// - Throws: ``PretrainedModelError``.
    open func readCompanions(_ folder: URL) throws {}

    /// Files beside the configuration and the weights that are written too; by default none.
    open var companionFiles: [(name: String, contents: Data)] { [] }

    /// Writes `config.json` and `model.safetensors`; Python's `from_pretrained` reads them. Of a model with an adapter the
    /// adapter alone is written, as PEFT does: `adapter_config.json` and `adapter_model.safetensors`.
    ///
    /// Each file is written beside its place and renamed, so that none is ever half there.
    ///
    /// - Throws: ``PretrainedModelError`` where the folder cannot be written; `TorchError`.
    public func savePretrained(_ folder: URL) throws {
        do {
            let files = DiskFileOperations()
            try files.createDirectory(folder.path)
            for (name, contents) in filesBesideWeights {
                try files.replace(folder.appending(path: name).path, contents)
            }
        } catch {
            throw PretrainedModelError.unwritable(folder.path, "\(error)")
        }
        let file = adapter == nil ? "model.safetensors" : AdapterFolder.weightsFile
        try Safetensors.save(
            adapterWeights ?? stateDict(), to: folder.appending(path: file), metadata: ["format": "pt"])
        for name in obsoleteFiles { try? FileManager.default.removeItem(at: folder.appending(path: name)) }
    }

    /// Writes to the folder at `path`; see ``savePretrained(_:)-(URL)``.
    public func savePretrained(_ path: String) throws { try savePretrained(URL(filePath: path)) }

    /// The configuration with what Python adds on saving.
    public func configurationToSave() -> ModelConfiguration {
        var config = config
        config["architectures"] = .array([.string(architectureName)])
        config["dtype"] = .string(parameters().first?.dtype.description ?? "float32")
        config["transformers_version"] = .string("5.23.0")
        for key in ["_name_or_path", "torch_dtype", "attn_implementation", "_attn_implementation"] { config[key] = nil }
        return config
    }
}

extension PretrainedModel: ModelWithFiles {
    public var modelFiles: [(name: String, contents: Data)] { filesBesideWeights }

    /// Of a whole model the files of an adapter, which Python would put on top of it.
    public var obsoleteFiles: [String] { adapter == nil ? AdapterFolder.files : [] }
}
