/// What a message can be about.
struct DemoTopic: Sendable {
    let label: String
    /// Statements of this concern, to follow "and" or "but". The last two appear in held-out messages only.
    let statements: [String]
    /// Clauses that say this topic is *not* the concern.
    let allIsWell: [String]
    /// Names of the topic's usual concerns, to follow "about".
    let matters: [String]

    static let all: [DemoTopic] = [.account, .billing, .delivery, .fault, .returns, .subscription]
}
