/// BERT (Devlin et al. 2019).
public enum Bert: EncoderFamily {
    public static let modelType = "bert"
    public static let className = "Bert"
    public static let baseModelPrefix = "bert"

    public static func configuration(_ config: ModelConfiguration) throws -> EncoderConfiguration {
        try EncoderConfiguration(config)
    }

    public static func head(_ task: HeadTask, _ config: ModelConfiguration, _ sizes: EncoderConfiguration)
        -> HeadDesign?
    {
        let dropout = sizes.classifierDropout ?? sizes.hiddenDropoutProb
        switch task {
        case .sequenceClassification, .multipleChoice: return HeadDesign(.pooler, dropout: dropout)
        case .tokenClassification: return HeadDesign(dropout: dropout)
        case .questionAnswering: return HeadDesign(output: "qa_outputs")
        case .maskedLM, .causalLM: return nil
        }
    }

    public static func languageHead(_ config: ModelConfiguration, _ sizes: EncoderConfiguration)
        -> LanguageHeadDesign?
    {
        var design = LanguageHeadDesign(
            decoder: "cls.predictions.decoder", width: sizes.embeddingSize, vocabSize: sizes.vocabSize,
            isTied: sizes.tieWordEmbeddings)
        design.dense = "cls.predictions.transform.dense"
        design.activation = sizes.hiddenAct
        design.norm = "cls.predictions.transform.LayerNorm"
        design.normEps = sizes.layerNormEps
        design.bias = "cls.predictions"
        return design
    }
}

/// BERT's encoder.
public typealias BertModel = EncoderModel<Bert>
/// BERT with a classifier over the pooled first token.
public typealias BertForSequenceClassification = ForSequenceClassification<BertModel>
/// BERT with a classifier over each token.
public typealias BertForTokenClassification = ForTokenClassification<BertModel>
/// BERT with scores of begin and end of an answer.
public typealias BertForQuestionAnswering = ForQuestionAnswering<BertModel>
/// BERT with a score for each of several texts.
public typealias BertForMultipleChoice = ForMultipleChoice<BertModel>
/// BERT with its masked-token head.
public typealias BertForMaskedLM = ForMaskedLM<BertModel>
