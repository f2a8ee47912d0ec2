import Training

/// Keys and values of the tokens that a decoder has seen, so that the next ones need not compute them again (Python's
/// `DynamicCache`). For evaluation: no gradients flow through it. One cache belongs to one batch.
public final class KeyValueCache {
    private var layers: [Layer] = []
    private static let firstRoom = 64

    public init() {}

    /// Tokens of a row that it holds, padding included.
    public var length: Int { layers.first?.length ?? 0 }

    /// Adds a layer's keys and values and gives all there are.
    ///
    /// - Parameters:
    ///   - layer: Number of the layer; layers come in order.
    ///   - keys: `[N, heads, L, size]`, of the new tokens.
    ///   - values: Of the same shape.
    /// - Returns: `[N, heads, length, size]` each; parts of the cache's own storage.
    func update(_ layer: Int, keys: Tensor, values: Tensor) -> (keys: Tensor, values: Tensor) {
        if layer == layers.count { layers.append(Layer(like: keys, room: keys.size(2) + Self.firstRoom)) }
        return layers[layer].append(keys, values)
    }

    private struct Layer {
        private var keys: Tensor
        private var values: Tensor
        private(set) var length = 0

        init(like tensor: Tensor, room: Int) {
            let shape = [tensor.size(0), tensor.size(1), room, tensor.size(3)]
            keys = Tensor.empty(shape, dtype: tensor.dtype, device: tensor.device)
            values = Tensor.empty(shape, dtype: tensor.dtype, device: tensor.device)
        }

        mutating func append(_ newKeys: Tensor, _ newValues: Tensor) -> (keys: Tensor, values: Tensor) {
            let count = newKeys.size(2)
            if length + count > keys.size(2) { grow(to: max(length + count, 2 * keys.size(2))) }
            noGrad {
                _ = keys.narrow(dim: 2, start: length, length: count).copy_(newKeys)
                _ = values.narrow(dim: 2, start: length, length: count).copy_(newValues)
            }
            length += count
            return (
                keys.narrow(dim: 2, start: 0, length: length), values.narrow(dim: 2, start: 0, length: length)
            )
        }

        private mutating func grow(to room: Int) {
            let larger = Layer(like: keys, room: room)
            noGrad {
                _ = larger.keys.narrow(dim: 2, start: 0, length: length)
                    .copy_(keys.narrow(dim: 2, start: 0, length: length))
                _ = larger.values.narrow(dim: 2, start: 0, length: length)
                    .copy_(values.narrow(dim: 2, start: 0, length: length))
            }
            (keys, values) = (larger.keys, larger.values)
        }
    }
}
