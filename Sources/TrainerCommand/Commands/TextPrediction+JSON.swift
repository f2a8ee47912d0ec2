import OrderedJSON
import SwiftTrainer

extension TextPrediction {
    /// `{"label": …, "score": …, "scores": {label: probability}}`
    var jsonLine: String {
        var all = JSONObject()
        for score in scores { all[score.label] = .double(score.probability) }
        let object: JSONObject = ["label": .string(label), "score": .double(score), "scores": .object(all)]
        return JSONValue.object(object).serialized(JSONFormat(ensureASCII: false))
    }
}
