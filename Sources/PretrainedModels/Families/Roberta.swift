import Training

/// RoBERTa (Liu et al. 2019).
public enum Roberta: EncoderFamily {
    public static let modelType = "roberta"
    public static let className = "Roberta"
    public static let baseModelPrefix = "roberta"

    public static var layout: EncoderLayout {
        var layout = EncoderLayout()
        layout.embeddingOrder = ["word_embeddings", "token_type_embeddings", "LayerNorm"]
        return layout
    }

    public static func configuration(_ config: ModelConfiguration) throws -> EncoderConfiguration {
        var fields = EncoderFields()
        fields.vocabSize.value = 50265
        fields.padTokenId = 1
        fields.positionsFollowPadding = true
        return try EncoderConfiguration(config, fields)
    }

    public static func head(_ task: HeadTask, _ config: ModelConfiguration, _ sizes: EncoderConfiguration)
        -> HeadDesign?
    {
        let dropout = sizes.classifierDropout ?? sizes.hiddenDropoutProb
        switch task {
        case .sequenceClassification:
            var design = HeadDesign(.firstToken, dropout: dropout, output: "classifier.out_proj")
            design.inputDropout = dropout
            design.dense = HeadDesign.Dense("classifier.dense", .tanh)
            return design
        case .multipleChoice: return HeadDesign(.pooler, dropout: sizes.hiddenDropoutProb)
        case .tokenClassification: return HeadDesign(dropout: dropout)
        case .questionAnswering: return HeadDesign(output: "qa_outputs")
        case .maskedLM, .causalLM: return nil
        }
    }

    public static func languageHead(_ config: ModelConfiguration, _ sizes: EncoderConfiguration)
        -> LanguageHeadDesign?
    {
        var design = LanguageHeadDesign(
            decoder: "lm_head.decoder", width: sizes.hiddenSize, vocabSize: sizes.vocabSize,
            isTied: sizes.tieWordEmbeddings)
        design.dense = "lm_head.dense"
        design.norm = "lm_head.layer_norm"
        design.normEps = sizes.layerNormEps
        design.bias = "lm_head"
        return design
    }
}

/// RoBERTa's encoder.
public typealias RobertaModel = EncoderModel<Roberta>
/// RoBERTa with a classifier over the first token.
public typealias RobertaForSequenceClassification = ForSequenceClassification<RobertaModel>
/// RoBERTa with a classifier over each token.
public typealias RobertaForTokenClassification = ForTokenClassification<RobertaModel>
/// RoBERTa with scores of begin and end of an answer.
public typealias RobertaForQuestionAnswering = ForQuestionAnswering<RobertaModel>
/// RoBERTa with a score for each of several texts.
public typealias RobertaForMultipleChoice = ForMultipleChoice<RobertaModel>
/// RoBERTa with its masked-token head.
public typealias RobertaForMaskedLM = ForMaskedLM<RobertaModel>
