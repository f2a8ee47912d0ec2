import OrderedJSON

/// ALBERT (Lan et al. 2020): BERT with narrower embeddings and layers that share their weights.
public enum Albert: EncoderFamily {
    public static let modelType = "albert"
    public static let className = "Albert"
    public static let baseModelPrefix = "albert"

    public static var layout: EncoderLayout {
        var layout = EncoderLayout()
        layout.layers = "encoder.albert_layer_groups"
        layout.groupLayers = "albert_layers"
        layout.query = "attention.query"
        layout.key = "attention.key"
        layout.value = "attention.value"
        layout.attentionOutput = "attention.dense"
        layout.attentionNorm = "attention.LayerNorm"
        layout.intermediate = "ffn"
        layout.output = "ffn_output"
        layout.outputNorm = "full_layer_layer_norm"
        layout.layerOrder = ["full_layer_layer_norm"]
        layout.projection = ("encoder.embedding_hidden_mapping_in", true)
        layout.pooler = "pooler"
        return layout
    }

    public static func configuration(_ config: ModelConfiguration) throws -> EncoderConfiguration {
        var fields = EncoderFields()
        fields.vocabSize.value = 30000
        fields.embeddingSize = ("embedding_size", 128)
        fields.hiddenSize.value = 4096
        fields.numAttentionHeads.value = 64
        fields.intermediateSize.value = 16384
        fields.hiddenDropout.value = 0
        fields.attentionDropout.value = 0
        fields.classifierDropout = "classifier_dropout_prob"
        fields.defaultActivation = "gelu_new"
        var configuration = try EncoderConfiguration(config, fields)
        configuration.outputDropout = 0
        configuration.layerGroups = LayerGroups(
            count: try config.int(("num_hidden_groups", 1), in: 1...1000),
            layersEach: try config.int(("inner_group_num", 1), in: 1...1000))
        if let groups = configuration.layerGroups, groups.count * groups.layersEach > 10_000 {
            throw config.invalid(
                "inner_group_num", .int(groups.layersEach), "times num_hidden_groups it must not be above 10000")
        }
        return configuration
    }

    public static func head(_ task: HeadTask, _ config: ModelConfiguration, _ sizes: EncoderConfiguration) throws
        -> HeadDesign?
    {
        let dropout = try config.probability(("classifier_dropout_prob", 0.1))
        switch task {
        case .sequenceClassification, .multipleChoice: return HeadDesign(.pooler, dropout: dropout)
        case .tokenClassification:
            return HeadDesign(
                dropout: sizes.classifierDropout
                    ?? (config["classifier_dropout_prob"] == nil ? dropout : sizes.hiddenDropoutProb))
        case .questionAnswering: return HeadDesign(output: "qa_outputs")
        case .maskedLM, .causalLM: return nil
        }
    }

    public static func languageHead(_ config: ModelConfiguration, _ sizes: EncoderConfiguration)
        -> LanguageHeadDesign?
    {
        var design = LanguageHeadDesign(
            decoder: "predictions.decoder", width: sizes.embeddingSize, vocabSize: sizes.vocabSize,
            isTied: sizes.tieWordEmbeddings)
        design.dense = "predictions.dense"
        design.activation = sizes.hiddenAct
        design.norm = "predictions.LayerNorm"
        design.normEps = sizes.layerNormEps
        design.bias = "predictions"
        design.order = ["predictions", "predictions.LayerNorm"]
        return design
    }
}

/// ALBERT's encoder.
public typealias AlbertModel = EncoderModel<Albert>
/// ALBERT with a classifier over the pooled first token.
public typealias AlbertForSequenceClassification = ForSequenceClassification<AlbertModel>
/// ALBERT with a classifier over each token.
public typealias AlbertForTokenClassification = ForTokenClassification<AlbertModel>
/// ALBERT with scores of begin and end of an answer.
public typealias AlbertForQuestionAnswering = ForQuestionAnswering<AlbertModel>
/// ALBERT with a score for each of several texts.
public typealias AlbertForMultipleChoice = ForMultipleChoice<AlbertModel>
/// ALBERT with its masked-token head.
public typealias AlbertForMaskedLM = ForMaskedLM<AlbertModel>
