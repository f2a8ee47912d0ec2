import OrderedJSON
import Testing

@testable import Training

@Suite struct ShardingArgumentsTests {
    private func arguments(_ values: JSONObject) throws -> TrainingArguments {
        var arguments = TrainingArguments()
        for (name, value) in values.members { try arguments.set(name, to: value) }
        return arguments
    }

    private func sharding(_ fsdp: JSONValue, _ config: JSONObject? = nil) throws -> String {
        var values: JSONObject = ["fsdp": fsdp]
        if let config { values["fsdp_config"] = .object(config) }
        let own = try arguments(values)
        try own.validate()
        return own.sharding.map { "\($0.kind.rawValue)\($0.offload ? " offload" : "")" } ?? "none"
    }

    /// Python's words of all eras say the same.
    @Test func words() throws {
        #expect(try sharding("shard_grad_op") == "shard_grad_op")
        #expect(try sharding("full_shard offload") == "full_shard offload")
        #expect(try sharding(["offload", "shard_grad_op"]) == "shard_grad_op offload")
        #expect(try sharding(true) == "full_shard")
        #expect(
            try sharding("True", ["fsdp_reshard_after_forward": false, "cpu_offload": true]) == "shard_grad_op offload")
        #expect(try sharding(true, ["version": 2, "min_num_params": 0, "xla": false]) == "full_shard")
        for nothing in [JSONValue.null, false, "", "none"] { #expect(try sharding(nothing) == "none") }
    }

    @Test(
        arguments: [
            (["fsdp": "hybrid_shard"], "fsdp: hybrid_shard is not supported"),
            (
                ["fsdp": "full_shard auto_wrap"],
                "fsdp: auto_wrap is not supported: the layers of the model are the units already"
            ),
            (["fsdp": "no_shard"], "fsdp: no_shard is not supported"),
            (["fsdp": "zero3"], "fsdp: zero3 is not supported: there is shard_grad_op, full_shard and offload"),
            (["fsdp_config": ["cpu_offload": true]], "fsdp_config needs fsdp"),
            (["fsdp": true, "fsdp_config": ["cpu_offlod": true]], "did you mean cpu_offload?"),
            (["fsdp": true, "fsdp_config": ["version": 1]], "version=1 is not supported"),
            (["fsdp": "shard_grad_op", "ddp_comm_hook": "bf16"], "ddp_comm_hook is not supported with fsdp"),
            (
                ["fsdp": "full_shard", "activation_checkpointing_kwargs": ["every_n_layers": 2]],
                "every_n_layers must be 1"
            ),
        ] as [(JSONObject, String)])
    func refusals(values: JSONObject, message: String) throws {
        let own = try arguments(values)
        let error = #expect(throws: TrainingArgumentsError.self) { try own.validate() }
        #expect(error?.description.contains(message) == true, "\(error?.description ?? "")")
    }

    @Test func writtenAsRead() throws {
        let own = try arguments(["fsdp": "offload full_shard", "fsdp_config": ["activation_checkpointing": true]])
        #expect(own.configuration["fsdp"] == "full_shard offload")
        #expect(own.configuration["fsdp_config"] == ["activation_checkpointing": true])
        #expect(try arguments(["fsdp": true]).configuration["fsdp"] == true)
    }
}
