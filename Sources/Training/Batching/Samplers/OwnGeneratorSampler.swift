/// A new random order for each epoch from one private generator that goes on from epoch to epoch: what accelerate gives
/// several ranks without a seedable sampler, the same on all.
struct OwnGeneratorSampler: Sampler {
    let count: Int
    /// The generator's.
    let seed: Int

    func rows(epoch: Int) -> [Int] {
        var generator = TorchMersenneTwister(seed: seed)
        var order: [Int] = []
        // Python's sampler draws another order at each epoch's end, of which it uses nothing.
        for _ in 0...2 * epoch {
            order = Array(0..<count)
            // `torch.randperm` on the CPU.
            for place in order.indices.dropLast() {
                order.swapAt(place, place + Int(generator.randint(UInt32(count - place))))
            }
        }
        return order
    }
}
