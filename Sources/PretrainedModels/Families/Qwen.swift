/// Qwen2 (Yang et al. 2024): Llama with biases of queries, keys and values.
public enum Qwen2: DecoderFamily {
    public static let modelType = "qwen2"
    public static let className = "Qwen2"

    public static var fields: DecoderFields {
        var fields = DecoderFields()
        fields.vocabSize = 151936
        fields.intermediateSize = 22016
        fields.maxPositionEmbeddings = 32768
        fields.numKeyValueHeads = 32
        fields.attentionBias = .inputsOnly
        fields.hasMLPBias = false
        fields.windows = .byLayer
        return fields
    }
}

/// Qwen3 (Yang et al. 2025): queries and keys are normalised head by head.
public enum Qwen3: DecoderFamily {
    public static let modelType = "qwen3"
    public static let className = "Qwen3"

    public static var fields: DecoderFields {
        var fields = Qwen2.fields
        fields.headDim = 128
        fields.attentionBias = .configured
        fields.normalizesHeads = true
        return fields
    }
}

/// Qwen2's decoder.
public typealias Qwen2Model = DecoderModel<Qwen2>
/// Qwen2 with its head that predicts the next token.
public typealias Qwen2ForCausalLM = ForCausalLM<Qwen2Model>
/// Qwen2 with a classifier over the last token.
public typealias Qwen2ForSequenceClassification = ForSequenceClassification<Qwen2Model>
/// Qwen2 with a classifier over each token.
public typealias Qwen2ForTokenClassification = ForTokenClassification<Qwen2Model>
/// Qwen2 with scores of begin and end of an answer.
public typealias Qwen2ForQuestionAnswering = ForQuestionAnswering<Qwen2Model>
/// Qwen3's decoder.
public typealias Qwen3Model = DecoderModel<Qwen3>
/// Qwen3 with its head that predicts the next token.
public typealias Qwen3ForCausalLM = ForCausalLM<Qwen3Model>
/// Qwen3 with a classifier over the last token.
public typealias Qwen3ForSequenceClassification = ForSequenceClassification<Qwen3Model>
/// Qwen3 with a classifier over each token.
public typealias Qwen3ForTokenClassification = ForTokenClassification<Qwen3Model>
/// Qwen3 with scores of begin and end of an answer.
public typealias Qwen3ForQuestionAnswering = ForQuestionAnswering<Qwen3Model>
