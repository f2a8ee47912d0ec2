import OrderedJSON
import Training

/// MPNet (Song et al. 2020): BERT without segments, with a bias for the distance of two tokens.
public enum MPNet: EncoderFamily {
    public static let modelType = "mpnet"
    public static let className = "MPNet"
    public static let baseModelPrefix = "mpnet"

    public static var layout: EncoderLayout {
        var layout = EncoderLayout()
        layout.query = "attention.attn.q"
        layout.key = "attention.attn.k"
        layout.value = "attention.attn.v"
        layout.attentionOutput = "attention.attn.o"
        layout.attentionNorm = "attention.LayerNorm"
        return layout
    }

    public static func configuration(_ config: ModelConfiguration) throws -> EncoderConfiguration {
        var fields = EncoderFields()
        fields.vocabSize.value = 30527
        fields.typeVocabSize = nil
        fields.positionsFollowPadding = true
        fields.attention = [.eager]
        // Python's embeddings take 1 for padding, whatever the file says.
        var fixed = config
        fixed["pad_token_id"] = .int(1)
        var configuration = try EncoderConfiguration(fixed, fields)
        let buckets = try config.int(
            "relative_attention_num_buckets", default: DistanceBias.used, in: DistanceBias.used...65536)
        configuration.distances = .bias(buckets: buckets)
        return configuration
    }

    public static func head(_ task: HeadTask, _ config: ModelConfiguration, _ sizes: EncoderConfiguration)
        -> HeadDesign?
    {
        let dropout = sizes.hiddenDropoutProb
        switch task {
        case .sequenceClassification:
            var design = HeadDesign(.firstToken, dropout: dropout, output: "classifier.out_proj")
            design.inputDropout = dropout
            design.dense = HeadDesign.Dense("classifier.dense", .tanh)
            return design
        case .multipleChoice: return HeadDesign(.pooler, dropout: dropout)
        case .tokenClassification: return HeadDesign(dropout: dropout)
        case .questionAnswering: return HeadDesign(output: "qa_outputs")
        case .maskedLM, .causalLM: return nil
        }
    }

    public static func languageHead(_ config: ModelConfiguration, _ sizes: EncoderConfiguration)
        -> LanguageHeadDesign?
    {
        Roberta.languageHead(config, sizes)
    }
}

/// MPNet's encoder.
public typealias MPNetModel = EncoderModel<MPNet>
/// MPNet with a classifier over the first token.
public typealias MPNetForSequenceClassification = ForSequenceClassification<MPNetModel>
/// MPNet with a classifier over each token.
public typealias MPNetForTokenClassification = ForTokenClassification<MPNetModel>
/// MPNet with scores of begin and end of an answer.
public typealias MPNetForQuestionAnswering = ForQuestionAnswering<MPNetModel>
/// MPNet with a score for each of several texts.
public typealias MPNetForMultipleChoice = ForMultipleChoice<MPNetModel>
/// MPNet with its masked-token head.
public typealias MPNetForMaskedLM = ForMaskedLM<MPNetModel>
