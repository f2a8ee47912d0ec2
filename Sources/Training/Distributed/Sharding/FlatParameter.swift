/// Parameters of one type end to end in one flat tensor, of which each rank keeps a slice.
///
/// The model's parameters are views of the flat tensor, so that one exchange fills them all. With `keepsWhole` it stays in
/// memory, and the slice is a part of it; otherwise it is there between ``gather()`` and ``release()`` only.
final class FlatParameter {
    /// One of the model's parameters, and where it lies.
    struct Member {
        let name: String
        let parameter: Tensor
        let range: Range<Int>
    }

    /// Parameters begin at multiples of so many elements, for vector instructions.
    private static let alignment = 64

    let members: [Member]
    let ranks: Int
    let rank: Int
    /// Elements of a rank's slice.
    let sliceSize: Int
    /// This rank's slice, on the device where the optimizer works.
    let slice: Tensor
    let group: ProcessGroup
    private let whole: Tensor
    private let keepsWhole: Bool
    /// Whether the slice is a part of the flat tensor.
    private let isView: Bool
    /// Which parameters had a gradient in this step, on this rank.
    private(set) var hadGradient: [Bool]

    /// Takes over the parameters: their own memory is given back one by one.
    ///
    /// - Parameters:
    ///   - members: Of one type, and on one device.
    ///   - home: Where the slice stays.
    init(_ members: [(name: String, parameter: Tensor)], _ group: ProcessGroup, keepsWhole: Bool, home: Device) throws {
        var end = 0
        var places: [Member] = []
        for (name, parameter) in members {
            places.append(Member(name: name, parameter: parameter, range: end..<end + parameter.numel))
            end = Self.rounded(end + parameter.numel, to: Self.alignment)
        }
        self.members = places
        hadGradient = places.map { _ in false }
        self.group = group
        self.keepsWhole = keepsWhole
        ranks = group.worldSize
        rank = group.rank
        let size = Self.rounded(end, to: Self.alignment * group.worldSize)
        let (start, length) = (size / group.worldSize * group.rank, size / group.worldSize)
        sliceSize = length
        let first = members[0].parameter
        let whole = Tensor.zeros([size], dtype: first.dtype, device: first.device)
        noGrad {
            for member in places {
                let shape = member.parameter.shape
                let place = whole.narrow(dim: 0, start: member.range.lowerBound, length: member.range.count)
                _ = place.copy_(member.parameter.detach().reshape([-1]))
                member.parameter.setData(place.view(shape))
            }
        }
        self.whole = whole
        isView = keepsWhole && home == first.device
        // The values of rank 0 are everybody's.
        try group.broadcast(whole, from: 0)
        let own = noGrad { whole.narrow(dim: 0, start: start, length: length) }
        slice = isView ? own : noGrad { Tensor.empty([length], dtype: first.dtype, device: home).copy_(own) }
        if !keepsWhole { whole.releaseMemory() }
    }

    private static func rounded(_ count: Int, to unit: Int) -> Int { (count + unit - 1) / unit * unit }

    var size: Int { sliceSize * ranks }
    var bytes: Int { size * slice.dtype.itemSize }

    // MARK: Values

    /// Brings the whole parameters into memory. Collective.
    func gather() throws {
        guard !keepsWhole else { return }
        whole.allocateMemory()
        try collect()
    }

    /// Gives the memory of the whole parameters back.
    func release() { if !keepsWhole { whole.releaseMemory() } }

    /// Gives the other ranks what the optimizer made of this one's slice, where the whole parameters stay. Collective.
    func publish() throws { if keepsWhole { try collect() } }

    private func collect() throws {
        try checkTorchErrors()
        try group.allGatherIntoTensor(whole, slice.device == whole.device ? slice : slice.to(device: whole.device))
    }

    /// Takes the slice from the whole parameters, which were given new values.
    func takeSlice() {
        guard keepsWhole, !isView else { return }
        noGrad { _ = slice.copy_(whole.narrow(dim: 0, start: rank * sliceSize, length: sliceSize)) }
    }

    /// Takes new values of one parameter; of a parameter that is not whole, this rank's part alone.
    func assign(_ member: Member, _ source: Tensor) {
        noGrad {
            guard !keepsWhole else {
                _ = member.parameter.copy_(source)
                return takeSlice()
            }
            guard let part = part(of: member) else { return }
            _ = slice.narrow(dim: 0, start: part.inSlice, length: part.count).copy_(
                source.reshape([-1]).narrow(dim: 0, start: part.inMember, length: part.count))
        }
    }

    /// Where a rank's slice and a parameter overlap; nil where they do not.
    func part(of member: Member, rank: Int? = nil) -> (inMember: Int, inSlice: Int, count: Int)? {
        let start = (rank ?? self.rank) * sliceSize
        let common = member.range.clamped(to: start..<start + sliceSize)
        guard !common.isEmpty else { return nil }
        return (common.lowerBound - member.range.lowerBound, common.lowerBound - start, common.count)
    }

    // MARK: Gradients

    /// Before a step's first backward pass.
    func beginStep() {
        hadGradient = members.map { _ in false }
        slice.grad = nil
    }

    /// Adds the mean of the ranks' gradients to the slice's gradient, and drops the parameters' own. Collective.
    ///
    /// A parameter without a gradient counts as one of zeros.
    func reduceGradients() throws {
        try noGrad {
            let flat = Tensor.zeros([size], dtype: whole.dtype, device: whole.device)
            for (index, member) in members.enumerated() {
                guard let gradient = member.parameter.grad else { continue }
                hadGradient[index] = true
                _ = flat.narrow(dim: 0, start: member.range.lowerBound, length: member.range.count).copy_(
                    gradient.reshape([-1]))
                member.parameter.grad = nil
            }
            let part = Tensor.empty([sliceSize], dtype: whole.dtype, device: whole.device)
            try checkTorchErrors()
            try group.reduceScatterTensor(part, flat, op: .average)
            let own = part.to(device: slice.device)
            if let sum = slice.grad { _ = sum.add_(own) } else { slice.grad = own }
        }
    }
}
