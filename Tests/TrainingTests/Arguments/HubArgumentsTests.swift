import Foundation
import OrderedJSON
import Testing
import Training

@Suite struct HubArgumentsTests {
    @Test func theTokenIsReadAndNeverWritten() throws {
        var arguments = TrainingArguments()
        #expect(try arguments.set("hub_token", to: "hf_secret") == nil)
        #expect(arguments.hubToken?.value == "hf_secret")
        #expect(arguments.configuration["hub_token"] == "<HUB_TOKEN>")
        var texts = [
            "\(arguments)", String(reflecting: arguments), JSONValue.object(arguments.configuration).serialized(),
        ]
        texts.append(String(decoding: try JSONEncoder().encode(arguments), as: UTF8.self))
        var dumped = ""
        dump(arguments, to: &dumped)
        for text in texts + [dumped] { #expect(!text.contains("hf_secret")) }
        // A file that training has left tells no token.
        var copy = TrainingArguments()
        _ = try copy.apply(arguments.configuration)
        #expect(copy.hubToken == nil)
        #expect(try JSONDecoder().decode(TrainingArguments.self, from: JSONEncoder().encode(arguments)).hubToken == nil)
    }

    @Test func flags() throws {
        var arguments = TrainingArguments()
        let result = try arguments.apply(commandLine: [
            "--push-to-hub", "--hub-model-id", "org/name", "--hub-strategy", "all_checkpoints", "--hub-token=hf_x",
            "--hub-private-repo", "--hub_revision", "dev", "--hub-always-push", "true",
        ])
        #expect(result.remaining.isEmpty && result.notes.isEmpty)
        #expect(arguments.pushToHub && arguments.hubPrivateRepo == true && arguments.hubAlwaysPush)
        #expect(arguments.hubModelId == "org/name" && arguments.hubRevision == "dev")
        #expect(arguments.hubStrategy == .allCheckpoints && arguments.hubToken?.value == "hf_x")
    }

    @Test func formerNames() throws {
        var arguments = TrainingArguments()
        #expect(try arguments.set("push_to_hub_token", to: "hf_x") == "push_to_hub_token is now called hub_token")
        #expect(try arguments.set("push_to_hub_model_id", to: "n") == "push_to_hub_model_id is now called hub_model_id")
        #expect(arguments.hubToken?.value == "hf_x" && arguments.hubModelId == "n")
        #expect(throws: TrainingArgumentsError.self) { try arguments.set("push_to_hub_organization", to: "o") }
        #expect(throws: TrainingArgumentsError.self) { try arguments.set("hub_strategy", to: "never") }
    }
}
