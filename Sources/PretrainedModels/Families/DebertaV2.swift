import OrderedJSON
import Training

/// DeBERTa in versions 2 and 3 (He et al. 2021, 2023): attention keeps apart what a token is and where it stands.
public enum DebertaV2: EncoderFamily {
    public static let modelType = "deberta-v2"
    public static let className = "DebertaV2"
    public static let baseModelPrefix = "deberta"
    public static let hasPooler = false

    public static var layout: EncoderLayout {
        var layout = EncoderLayout()
        layout.query = "attention.self.query_proj"
        layout.key = "attention.self.key_proj"
        layout.value = "attention.self.value_proj"
        layout.innerProjection = "embed_proj"
        return layout
    }

    public static func configuration(_ config: ModelConfiguration) throws -> EncoderConfiguration {
        var fields = EncoderFields()
        fields.vocabSize.value = 128100
        fields.hiddenSize.value = 1536
        fields.numHiddenLayers.value = 24
        fields.numAttentionHeads.value = 24
        fields.intermediateSize.value = 6144
        fields.embeddingSize = ("embedding_size", try config.int(fields.hiddenSize, in: 1...65536))
        let segments = try config.int("type_vocab_size", default: 0, in: 0...65536)
        fields.typeVocabSize = segments > 0 ? ("type_vocab_size", segments) : nil
        fields.layerNormEps = ("layer_norm_eps", 1e-7)
        fields.attention = [.eager]
        var configuration = try EncoderConfiguration(config, fields)
        configuration.hasPositionEmbeddings = config["position_biased_input"]?.boolValue ?? true
        configuration.masksPaddedEmbeddings = true
        configuration.distances = .disentangled(
            try DisentangledSettings(config, maxPositionEmbeddings: configuration.maxPositionEmbeddings))
        configuration.convolution = try LayerConvolution.Settings(config, hiddenSize: configuration.hiddenSize)
        for (key, expected) in [
            ("attention_head_size", configuration.headSize), ("pooler_hidden_size", configuration.hiddenSize),
        ] where try config.int(key, default: expected) != expected {
            throw config.invalid(key, config[key] ?? .null, "only \(expected) is supported, as by the other sizes")
        }
        return configuration
    }

    public static func head(_ task: HeadTask, _ config: ModelConfiguration, _ sizes: EncoderConfiguration) throws
        -> HeadDesign?
    {
        switch task {
        case .sequenceClassification, .multipleChoice:
            var design = HeadDesign(
                .firstToken, dropout: try config.optionalProbability("cls_dropout") ?? sizes.hiddenDropoutProb)
            design.readsShares = true
            design.inputDropout = try config.probability(("pooler_dropout", 0))
            design.dense = HeadDesign.Dense(
                "pooler.dense", try config.activation("pooler_hidden_act", default: "gelu"))
            return design
        case .tokenClassification: return HeadDesign(dropout: sizes.hiddenDropoutProb)
        case .questionAnswering: return HeadDesign(output: "qa_outputs")
        case .maskedLM, .causalLM: return nil
        }
    }

    public static func languageHead(_ config: ModelConfiguration, _ sizes: EncoderConfiguration) throws
        -> LanguageHeadDesign?
    {
        guard config["legacy"]?.boolValue == false else { return Bert.languageHead(config, sizes) }
        guard sizes.embeddingSize == sizes.hiddenSize else {
            throw config.invalid(
                "embedding_size", .int(sizes.embeddingSize),
                "with legacy false it must be hidden_size (\(sizes.hiddenSize)), as the head looks at the embeddings")
        }
        var design = LanguageHeadDesign(
            decoder: "lm_predictions.lm_head.decoder", width: sizes.hiddenSize, vocabSize: sizes.vocabSize,
            isTied: true)
        design.drawsDecoder = false
        design.dense = "lm_predictions.lm_head.dense"
        design.activation = sizes.hiddenAct
        design.norm = "lm_predictions.lm_head.LayerNorm"
        design.normEps = sizes.layerNormEps
        design.bias = "lm_predictions.lm_head"
        return design
    }
}

/// DeBERTa's encoder.
public typealias DebertaV2Model = EncoderModel<DebertaV2>
/// DeBERTa with a classifier over the first token.
public typealias DebertaV2ForSequenceClassification = ForSequenceClassification<DebertaV2Model>
/// DeBERTa with a classifier over each token.
public typealias DebertaV2ForTokenClassification = ForTokenClassification<DebertaV2Model>
/// DeBERTa with scores of begin and end of an answer.
public typealias DebertaV2ForQuestionAnswering = ForQuestionAnswering<DebertaV2Model>
/// DeBERTa with a score for each of several texts.
public typealias DebertaV2ForMultipleChoice = ForMultipleChoice<DebertaV2Model>
/// DeBERTa with its masked-token head.
public typealias DebertaV2ForMaskedLM = ForMaskedLM<DebertaV2Model>
