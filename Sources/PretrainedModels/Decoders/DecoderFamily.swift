/// A family of decoders with Llama's arithmetic: what is its own in settings. ``DecoderModel`` does the rest.
///
/// ```swift
/// public enum Mistral: DecoderFamily {
///     public static let modelType = "mistral"
///     public static let className = "Mistral"
///     …
/// }
/// public typealias MistralModel = DecoderModel<Mistral>
/// ModelRegistry.register(ModelArchitecture(MistralModel.self))
/// ```
public protocol DecoderFamily: Sendable {
    /// `model_type` in `config.json`.
    static var modelType: String { get }
    /// What Python's class names begin with: `Llama` of `LlamaForCausalLM`.
    static var className: String { get }
    /// Names and defaults of the settings. Default: Llama's.
    static var fields: DecoderFields { get }
}

extension DecoderFamily {
    public static var fields: DecoderFields { DecoderFields() }
}
