import OrderedJSON
import Training

/// ELECTRA (Clark et al. 2020): BERT with narrower embeddings and without pooler.
public enum Electra: EncoderFamily {
    public static let modelType = "electra"
    public static let className = "Electra"
    public static let baseModelPrefix = "electra"
    public static let hasPooler = false

    public static var layout: EncoderLayout {
        var layout = EncoderLayout()
        layout.projection = ("embeddings_project", false)
        return layout
    }

    public static func configuration(_ config: ModelConfiguration) throws -> EncoderConfiguration {
        var fields = EncoderFields()
        fields.embeddingSize = ("embedding_size", 128)
        fields.hiddenSize.value = 256
        fields.numAttentionHeads.value = 4
        fields.intermediateSize.value = 1024
        return try EncoderConfiguration(config, fields)
    }

    public static func head(_ task: HeadTask, _ config: ModelConfiguration, _ sizes: EncoderConfiguration) throws
        -> HeadDesign?
    {
        let dropout = sizes.classifierDropout ?? sizes.hiddenDropoutProb
        switch task {
        case .sequenceClassification:
            var design = HeadDesign(.firstToken, dropout: dropout, output: "classifier.out_proj")
            design.inputDropout = dropout
            design.dense = HeadDesign.Dense("classifier.dense", .gelu)
            return design
        case .multipleChoice: return try summaryHead(config)
        case .tokenClassification: return HeadDesign(dropout: dropout)
        case .questionAnswering: return HeadDesign(output: "qa_outputs")
        case .maskedLM, .causalLM: return nil
        }
    }

    /// The summary of a text, as the settings `summary_…` say.
    private static func summaryHead(_ config: ModelConfiguration) throws -> HeadDesign {
        let type = try config.string("summary_type", default: "first")
        guard type == "first" else { throw config.invalid("summary_type", .string(type), "supported: first") }
        var design = HeadDesign(.firstToken, dropout: try config.probability(("summary_last_dropout", 0.1)))
        design.inputDropout = try config.probability(("summary_first_dropout", 0))
        guard config["summary_use_proj"]?.boolValue ?? true else {
            throw config.invalid("summary_use_proj", .bool(false), "only a summary with a projection is supported")
        }
        let activation = config["summary_activation"]
        design.dense = HeadDesign.Dense(
            "sequence_summary.summary",
            activation == .null ? .linear : try config.activation("summary_activation", default: "gelu"))
        return design
    }

    public static func languageHead(_ config: ModelConfiguration, _ sizes: EncoderConfiguration)
        -> LanguageHeadDesign?
    {
        var design = LanguageHeadDesign(
            decoder: "generator_lm_head", width: sizes.embeddingSize, vocabSize: sizes.vocabSize,
            isTied: sizes.tieWordEmbeddings)
        design.dense = "generator_predictions.dense"
        design.norm = "generator_predictions.LayerNorm"
        design.normEps = sizes.layerNormEps
        design.bias = "generator_lm_head"
        design.order = ["generator_predictions.LayerNorm", "generator_predictions.dense"]
        return design
    }
}

/// ELECTRA's encoder.
public typealias ElectraModel = EncoderModel<Electra>
/// ELECTRA with a classifier over the first token.
public typealias ElectraForSequenceClassification = ForSequenceClassification<ElectraModel>
/// ELECTRA with a classifier over each token.
public typealias ElectraForTokenClassification = ForTokenClassification<ElectraModel>
/// ELECTRA with scores of begin and end of an answer.
public typealias ElectraForQuestionAnswering = ForQuestionAnswering<ElectraModel>
/// ELECTRA with a score for each of several texts.
public typealias ElectraForMultipleChoice = ForMultipleChoice<ElectraModel>
/// ELECTRA's generator with its masked-token head.
public typealias ElectraForMaskedLM = ForMaskedLM<ElectraModel>
