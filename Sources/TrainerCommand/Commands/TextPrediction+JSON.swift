import OrderedJSON
import SwiftTrainer

extension TextPrediction {
    /// `{"label": …, "score": …, "scores": {label: probability}}`; with several labels at once
    /// `{"labels": […], "scores": {…}}`; for a number `{"score": …}`.
    var jsonLine: String {
        var all = JSONObject()
        for score in scores { all[score.label] = .double(score.probability) }
        let object: JSONObject =
            switch problemType {
            case .singleLabelClassification:
                ["label": .string(label), "score": .double(score), "scores": .object(all)]
            case .multiLabelClassification:
                ["labels": .array(labels.map { .string($0) }), "scores": .object(all)]
            case .regression where scores.count == 1: ["score": .double(score)]
            case .regression: ["scores": .object(all)]
            }
        return JSONValue.object(object).serialized(JSONFormat(ensureASCII: false))
    }
}
