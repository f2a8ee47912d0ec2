import OrderedJSON
import Training

/// DistilBERT (Sanh et al. 2019): BERT with half its layers, without segments and pooler.
public enum DistilBert: EncoderFamily {
    public static let modelType = "distilbert"
    public static let className = "DistilBert"
    public static let baseModelPrefix = "distilbert"
    public static let hasPooler = false

    public static var layout: EncoderLayout {
        var layout = EncoderLayout()
        layout.layers = "transformer.layer"
        layout.query = "attention.q_lin"
        layout.key = "attention.k_lin"
        layout.value = "attention.v_lin"
        layout.attentionOutput = "attention.out_lin"
        layout.attentionNorm = "sa_layer_norm"
        layout.intermediate = "ffn.lin1"
        layout.output = "ffn.lin2"
        layout.outputNorm = "output_layer_norm"
        return layout
    }

    public static func configuration(_ config: ModelConfiguration) throws -> EncoderConfiguration {
        if config["sinusoidal_pos_embds"]?.boolValue == true {
            throw config.invalid("sinusoidal_pos_embds", .bool(true), "only learned positions are supported")
        }
        var fields = EncoderFields()
        fields.hiddenSize = ("dim", 768)
        fields.numHiddenLayers = ("n_layers", 6)
        fields.numAttentionHeads = ("n_heads", 12)
        fields.intermediateSize = ("hidden_dim", 3072)
        fields.typeVocabSize = nil
        fields.hiddenDropout = ("dropout", 0.1)
        fields.attentionDropout = ("attention_dropout", 0.1)
        fields.layerNormEps = nil
        fields.activation = "activation"
        var configuration = try EncoderConfiguration(config, fields)
        configuration.attentionOutputDropout = 0
        return configuration
    }

    public static func head(_ task: HeadTask, _ config: ModelConfiguration, _ sizes: EncoderConfiguration) throws
        -> HeadDesign?
    {
        switch task {
        case .sequenceClassification, .multipleChoice:
            var design = HeadDesign(.firstToken, dropout: try config.probability(("seq_classif_dropout", 0.2)))
            design.dense = HeadDesign.Dense("pre_classifier", .relu)
            return design
        case .tokenClassification: return HeadDesign(dropout: sizes.hiddenDropoutProb)
        case .questionAnswering:
            return HeadDesign(dropout: try config.probability(("qa_dropout", 0.1)), output: "qa_outputs")
        case .maskedLM, .causalLM: return nil
        }
    }

    public static func languageHead(_ config: ModelConfiguration, _ sizes: EncoderConfiguration)
        -> LanguageHeadDesign?
    {
        var design = LanguageHeadDesign(
            decoder: "vocab_projector", width: sizes.hiddenSize, vocabSize: sizes.vocabSize,
            isTied: sizes.tieWordEmbeddings)
        design.dense = "vocab_transform"
        design.activation = sizes.hiddenAct
        design.norm = "vocab_layer_norm"
        design.bias = "vocab_projector"
        design.order = ["vocab_transform", "vocab_layer_norm"]
        return design
    }
}

/// DistilBERT's encoder.
public typealias DistilBertModel = EncoderModel<DistilBert>
/// DistilBERT with a classifier over the first token.
public typealias DistilBertForSequenceClassification = ForSequenceClassification<DistilBertModel>
/// DistilBERT with a classifier over each token.
public typealias DistilBertForTokenClassification = ForTokenClassification<DistilBertModel>
/// DistilBERT with scores of begin and end of an answer.
public typealias DistilBertForQuestionAnswering = ForQuestionAnswering<DistilBertModel>
/// DistilBERT with a score for each of several texts.
public typealias DistilBertForMultipleChoice = ForMultipleChoice<DistilBertModel>
/// DistilBERT with its masked-token head.
public typealias DistilBertForMaskedLM = ForMaskedLM<DistilBertModel>
