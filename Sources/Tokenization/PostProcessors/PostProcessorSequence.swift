internal import OrderedJSON

/// Several post-processors, one after the other: one may lay special tokens out, others trim offsets before that.
struct PostProcessorSequence: PostProcessor {
    private let steps: [any PostProcessor]
    private let layout: (any PostProcessor)?
    let offsetTrimming: OffsetTrimming?

    init(_ node: PipelineNode) throws(TokenizerError) {
        var steps: [any PostProcessor] = []
        var layout: (any PostProcessor)?
        var trimming: OffsetTrimming?
        for element in try node.required("processors").elements() {
            let step = try PostProcessorReader.read(element)
            if let stepTrimming = step.offsetTrimming {
                guard trimming == nil, layout == nil else {
                    throw element.error("offsets may be trimmed once, and before special tokens are added")
                }
                trimming = stepTrimming
            }
            if step.template(pair: true) != .bare(pair: true) || step.template(pair: false) != .bare(pair: false) {
                guard layout == nil else { throw element.error("special tokens may be added by one step only") }
                layout = step
            }
            steps.append(step)
        }
        self.steps = steps
        self.layout = layout
        offsetTrimming = trimming
    }

    func template(pair: Bool) -> [TemplatePiece] { layout?.template(pair: pair) ?? .bare(pair: pair) }

    var json: JSONValue { ["type": "Sequence", "processors": .array(steps.map(\.json))] }
}
