/// Llama (Touvron et al. 2023) and its successors.
public enum Llama: DecoderFamily {
    public static let modelType = "llama"
    public static let className = "Llama"
}

/// Llama's decoder.
public typealias LlamaModel = DecoderModel<Llama>
/// Llama with its head that predicts the next token.
public typealias LlamaForCausalLM = ForCausalLM<LlamaModel>
/// Llama with a classifier over the last token.
public typealias LlamaForSequenceClassification = ForSequenceClassification<LlamaModel>
/// Llama with a classifier over each token.
public typealias LlamaForTokenClassification = ForTokenClassification<LlamaModel>
/// Llama with scores of begin and end of an answer.
public typealias LlamaForQuestionAnswering = ForQuestionAnswering<LlamaModel>
