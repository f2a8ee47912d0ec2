extension NumPyGenerator {
    /// A number in 0 ..< 1 of 53 bits, as `random()`.
    mutating func nextDouble() -> Double { Double(nextUInt64() >> 11) * 0x1p-53 }

    /// A number in `0...limit`, as `integers` draws it: D. Lemire's multiplication, of 32 bits where they suffice. Other
    /// than ``next(through:)``, which NumPy has for shuffling.
    mutating func integer(through limit: UInt64) -> UInt64 {
        switch limit {
        case 0: 0
        case UInt64(UInt32.max): UInt64(nextUInt32())
        case ..<UInt64(UInt32.max): UInt64(integer(through: UInt32(limit)))
        case .max: nextUInt64()
        default: wideInteger(through: limit)
        }
    }

    private mutating func integer(through limit: UInt32) -> UInt32 {
        let count = limit + 1
        var product = UInt64(nextUInt32()) * UInt64(count)
        if UInt32(truncatingIfNeeded: product) < count {
            let threshold = (UInt32.max - limit) % count
            while UInt32(truncatingIfNeeded: product) < threshold { product = UInt64(nextUInt32()) * UInt64(count) }
        }
        return UInt32(truncatingIfNeeded: product >> 32)
    }

    private mutating func wideInteger(through limit: UInt64) -> UInt64 {
        let count = limit + 1
        var product = nextUInt64().multipliedFullWidth(by: count)
        if product.low < count {
            let threshold = (UInt64.max - limit) % count
            while product.low < threshold { product = nextUInt64().multipliedFullWidth(by: count) }
        }
        return product.high
    }

    /// As `integers(0, count, size=size)`.
    mutating func integers(below count: Int, size: Int) -> [Int] {
        (0..<size).map { _ in Int(integer(through: UInt64(count - 1))) }
    }

    /// As `choice(weights.count, size=size, p=weights)`.
    mutating func choices(weights: [Double], size: Int) -> [Int] {
        var sum = 0.0
        var bounds = weights.map { weight in
            sum += weight
            return sum
        }
        for place in bounds.indices { bounds[place] /= sum }
        return (0..<size).map { _ in
            let drawn = nextDouble()
            // The first bound above the drawn number; rounding may leave the last one below it.
            var (low, high) = (0, bounds.count - 1)
            while low < high {
                let middle = (low + high) / 2
                if bounds[middle] > drawn { high = middle } else { low = middle + 1 }
            }
            return low
        }
    }

    /// As `choice(count, size=size, replace=False)`.
    mutating func sample(_ size: Int, of count: Int) -> [Int] {
        // NumPy shuffles the tail of all numbers where many are wanted, and otherwise draws them by R. Floyd's method.
        if count > 10_000, size > count / 50 {
            var all = Array(0..<count)
            swapTail(&all, downTo: max(count - size, 1))
            return Array(all[(count - size)...])
        }
        var chosen: [Int] = []
        var seen: Set<Int> = []
        for last in (count - size)..<count {
            let drawn = Int(integer(through: UInt64(last)))
            let next = seen.contains(drawn) ? last : drawn
            seen.insert(next)
            chosen.append(next)
        }
        swapTail(&chosen, downTo: 1)
        return chosen
    }

    private mutating func swapTail(_ numbers: inout [Int], downTo first: Int) {
        var place = numbers.count - 1
        while place >= first {
            numbers.swapAt(place, Int(integer(through: UInt64(place))))
            place -= 1
        }
    }

    /// The generator that Python's streams derive from this one for an epoch: `integers(0, 1 << 63) - epoch` is its seed.
    func shifted(by epoch: Int) -> NumPyGenerator {
        var copy = self
        return NumPyGenerator(seed: copy.integer(through: UInt64(Int64.max)) &- UInt64(epoch))
    }
}
