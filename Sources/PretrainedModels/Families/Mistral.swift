/// Mistral (Jiang et al. 2023): Llama where each token sees a window of those before it.
public enum Mistral: DecoderFamily {
    public static let modelType = "mistral"
    public static let className = "Mistral"

    public static var fields: DecoderFields {
        var fields = DecoderFields()
        fields.intermediateSize = 14336
        fields.maxPositionEmbeddings = 131072
        fields.numKeyValueHeads = 8
        fields.attentionBias = .none
        fields.hasMLPBias = false
        fields.windows = .all
        return fields
    }
}

/// Mistral's decoder.
public typealias MistralModel = DecoderModel<Mistral>
/// Mistral with its head that predicts the next token.
public typealias MistralForCausalLM = ForCausalLM<MistralModel>
/// Mistral with a classifier over the last token.
public typealias MistralForSequenceClassification = ForSequenceClassification<MistralModel>
/// Mistral with a classifier over each token.
public typealias MistralForTokenClassification = ForTokenClassification<MistralModel>
/// Mistral with scores of begin and end of an answer.
public typealias MistralForQuestionAnswering = ForQuestionAnswering<MistralModel>
