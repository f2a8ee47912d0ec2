extension TrainingArguments {
    static let hubTable: [TrainingArgument] = [
        .init("push_to_hub", \.pushToHub, .hub, "Upload the model to the Hub, with a model card."),
        .init(
            "hub_model_id", \.hubModelId, .hub,
            "The repository: org/name, or a bare name for one of your own; the name of output_dir unless set.",
            former: [.init(name: "push_to_hub_model_id")]),
        .init(
            "hub_strategy", \.hubStrategy, .hub,
            "What is uploaded when: end, the model when training is over; every_save, the model at each checkpoint; "
                + "checkpoint, also the newest checkpoint as last-checkpoint; all_checkpoints, also every checkpoint."),
        .init(
            "hub_token", \.hubToken, .hub,
            "The access token; that of the environment (HF_TOKEN) or of a login unless set. Never written down.",
            former: [.init(name: "push_to_hub_token")]),
        .init(
            "hub_private_repo", \.hubPrivateRepo, .hub,
            "Whether the repository is private when it is made; as your settings say unless set."),
        .init("hub_revision", \.hubRevision, .hub, "The branch that is uploaded to; main unless set."),
        .init(
            "hub_always_push", \.hubAlwaysPush, .hub,
            "Upload a checkpoint even while the one before is still on its way; it is left out otherwise."),
    ]
}
