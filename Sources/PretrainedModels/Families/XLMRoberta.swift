/// XLM-RoBERTa (Conneau et al. 2020): RoBERTa over many languages.
public enum XLMRoberta: EncoderFamily {
    public static let modelType = "xlm-roberta"
    public static let className = "XLMRoberta"
    public static let baseModelPrefix = "roberta"
    public static var layout: EncoderLayout { Roberta.layout }

    public static func configuration(_ config: ModelConfiguration) throws -> EncoderConfiguration {
        var fields = EncoderFields()
        fields.padTokenId = 1
        fields.positionsFollowPadding = true
        return try EncoderConfiguration(config, fields)
    }

    public static func head(_ task: HeadTask, _ config: ModelConfiguration, _ sizes: EncoderConfiguration)
        -> HeadDesign?
    {
        Roberta.head(task, config, sizes)
    }

    public static func languageHead(_ config: ModelConfiguration, _ sizes: EncoderConfiguration)
        -> LanguageHeadDesign?
    {
        Roberta.languageHead(config, sizes)
    }
}

/// XLM-RoBERTa's encoder.
public typealias XLMRobertaModel = EncoderModel<XLMRoberta>
/// XLM-RoBERTa with a classifier over the first token.
public typealias XLMRobertaForSequenceClassification = ForSequenceClassification<XLMRobertaModel>
/// XLM-RoBERTa with a classifier over each token.
public typealias XLMRobertaForTokenClassification = ForTokenClassification<XLMRobertaModel>
/// XLM-RoBERTa with scores of begin and end of an answer.
public typealias XLMRobertaForQuestionAnswering = ForQuestionAnswering<XLMRobertaModel>
/// XLM-RoBERTa with a score for each of several texts.
public typealias XLMRobertaForMultipleChoice = ForMultipleChoice<XLMRobertaModel>
/// XLM-RoBERTa with its masked-token head.
public typealias XLMRobertaForMaskedLM = ForMaskedLM<XLMRobertaModel>
