// Matrix factorisation: each user and each film is a vector, and a rating is their product.
import Training

final class Recommender: Module, TrainableModel {
    @Child var users: Embedding
    @Child var films: Embedding

    init(users: Int, films: Int, size: Int) {
        self.users = Embedding(users, size)
        self.films = Embedding(films, size)
    }

    func forward(_ inputs: Batch) throws -> ModelOutput {
        let ratings = (users(try inputs.require("user")) * films(try inputs.require("film"))).sum(dim: [-1])
        return ModelOutput(loss: inputs[.labels].map { mseLoss(ratings, $0) }, logits: ratings)
    }
}

// Users of three tastes, films of two kinds; every tenth rating is kept for evaluation.
let pairs = (0..<60).flatMap { user in (0..<40).map { (user: user, film: $0) } }.shuffled()
func ratings(_ pairs: some Collection<(user: Int, film: Int)>) -> TensorDataset {
    let stars = pairs.map { Float(($0.user % 3 - 1) * ($0.film % 2 * 2 - 1)) + .random(in: -0.2...0.2) }
    return TensorDataset([
        "user": Tensor(pairs.map { $0.user }), "film": Tensor(pairs.map { $0.film }), "labels": Tensor(stars),
    ])
}

let trainer = try Trainer(
    model: Recommender(users: 60, films: 40, size: 4),
    arguments: TrainingArguments(outputDir: "results/recommender") {
        $0.numTrainEpochs = 30
        $0.perDeviceTrainBatchSize = 64
        $0.learningRate = 0.05
        $0.evalStrategy = .epoch
        $0.saveStrategy = .no
    },
    trainDataset: ratings(pairs.dropFirst(pairs.count / 10)), evalDataset: ratings(pairs.prefix(pairs.count / 10)),
    computeMetrics: { ["error": ($0.predictions - $0.labelIds).abs().mean().item()] })
try trainer.train()
print(try trainer.evaluate())
