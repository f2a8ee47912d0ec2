import Foundation
import OrderedJSON

extension TrainingArguments {
    /// The name of the arguments' file in checkpoints and beside saved models; Python's `training_args.bin` is a pickle of
    /// a Python class.
    static let fileName = "training_args.json"

    /// Every argument under Python's name. A secret is replaced by its name, as in Python's `to_dict`.
    var fileContents: Data {
        var object = configuration
        for (name, value) in object.members where name.hasSuffix("_token") && value != .null {
            object[name] = .string("<\(name.uppercased())>")
        }
        return Data(JSONValue.object(object).serializedBytes(JSONFormat(indent: 2)) + [0x0A])
    }
}
