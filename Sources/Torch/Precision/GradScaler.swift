/// Scales losses so that gradients of float16 do not vanish, and skips steps whose gradients overflowed, as PyTorch's
/// `torch.amp.GradScaler`, on the same kernels.
///
/// ```swift
/// scaler.scale(loss).backward()
/// scaler.unscale_(optimizer)            // needed before gradients are clipped or looked at
/// clipGradNorm_(parameters, maxNorm: 1)
/// let isDone = try scaler.step(optimizer)
/// scaler.update()
/// ```
/// For one optimizer. Parameters are float32; works on every device.
public final class GradScaler {
    /// Factor of the scale after ``growthInterval`` steps without overflow; above 1.
    public private(set) var growthFactor: Double
    /// Factor of the scale after an overflow; below 1.
    public private(set) var backoffFactor: Double
    /// Steps without overflow after which the scale grows.
    public private(set) var growthInterval: Int

    // Numbers of their own until the device of the losses is known.
    private var initial: (scale: Double, tracker: Int)
    private var tensors: (scale: Tensor, tracker: Tensor)?
    /// Whether a gradient was not finite, 0 or 1; nil until gradients were looked at in this step.
    private var foundInfinity: Tensor?

    /// - Parameters:
    ///   - initialScale: The first scale.
    ///   - growthFactor: Above 1.
    ///   - backoffFactor: Below 1.
    ///   - growthInterval: Steps without overflow after which the scale grows.
    public init(
        initialScale: Double = 65536, growthFactor: Double = 2, backoffFactor: Double = 0.5, growthInterval: Int = 2000
    ) {
        precondition(
            growthFactor > 1 && backoffFactor < 1, "the scale must grow by growthFactor, shrink by backoffFactor")
        self.growthFactor = growthFactor
        self.backoffFactor = backoffFactor
        self.growthInterval = growthInterval
        initial = (initialScale, 0)
    }

    /// The scale now; waits for the device.
    public var currentScale: Double { tensors?.scale.item() ?? initial.scale }
    /// Steps without overflow since the scale last changed; waits for the device.
    public var growthTracker: Int { tensors?.tracker.item(as: Int.self) ?? initial.tracker }

    /// The loss times the scale, to be given to `backward`.
    public func scale(_ loss: Tensor) -> Tensor { loss * tensors(on: loss.device).scale }

    /// Divides the gradients by the scale and looks whether all are finite; once for each step, further calls do nothing.
    public func unscale_(_ optimizer: Optimizer) {
        guard foundInfinity == nil else { return }
        let parameters = optimizer.groups.flatMap { $0.parameters }
        let device = parameters.first { $0.grad != nil }?.device ?? .cpu
        noGrad {
            // As PyTorch: in double precision, so that 1/scale is not subnormal.
            let inverse = tensors(on: device).scale.to(.float64).reciprocal().to(.float32)
            let found = Tensor.zeros([], dtype: .float32, device: device)
            for gradients in gradientsByType(parameters).values {
                Tensor.ampForeachNonFiniteCheckAndUnscale_(gradients, found, inverse)
            }
            foundInfinity = found
        }
    }

    /// Takes the optimizer's step unless a gradient is not finite; unscales the gradients before where that was not done.
    /// Waits for the device.
    ///
    /// - Returns: Whether the step was taken.
    /// - Throws: What the optimizer throws.
    @discardableResult
    public func step(_ optimizer: Optimizer) throws -> Bool {
        unscale_(optimizer)
        guard let foundInfinity, foundInfinity.item() == 0 else { return false }
        try optimizer.step()
        return true
    }

    /// Adjusts the scale after ``step(_:)``: down after an overflow, up after ``growthInterval`` steps without.
    public func update() {
        guard let foundInfinity, let tensors else { return }
        tensors.scale.ampUpdateScale_(tensors.tracker, foundInfinity, growthFactor, backoffFactor, growthInterval)
        self.foundInfinity = nil
    }

    /// Forgets the gradients that ``unscale_(_:)`` looked at: for a step that an error broke off before ``update()``.
    public func abandonStep() { foundInfinity = nil }

    /// What `scaler.pt` holds, by Python's names.
    public var state: State {
        get {
            State(
                scale: currentScale, growthFactor: growthFactor, backoffFactor: backoffFactor,
                growthInterval: growthInterval, growthTracker: growthTracker)
        }
        set {
            growthFactor = newValue.growthFactor
            backoffFactor = newValue.backoffFactor
            growthInterval = newValue.growthInterval
            initial = (newValue.scale, newValue.growthTracker)
            tensors = nil
            foundInfinity = nil
        }
    }

    /// The numbers of a scaler.
    public struct State: Sendable, Hashable {
        public var scale: Double
        public var growthFactor: Double
        public var backoffFactor: Double
        public var growthInterval: Int
        public var growthTracker: Int

        public init(
            scale: Double, growthFactor: Double, backoffFactor: Double, growthInterval: Int, growthTracker: Int
        ) {
            self.scale = scale
            self.growthFactor = growthFactor
            self.backoffFactor = backoffFactor
            self.growthInterval = growthInterval
            self.growthTracker = growthTracker
        }
    }

    private func tensors(on device: Device) -> (scale: Tensor, tracker: Tensor) {
        if let tensors { return tensors }
        let made = (
            scale: Tensor.full([], initial.scale, dtype: .float32, device: device),
            tracker: Tensor.full([], initial.tracker, dtype: .int32, device: device)
        )
        tensors = made
        return made
    }

    /// Of sparse gradients the stored rows; those of one type together, as the kernel wants them.
    private func gradientsByType(_ parameters: [Tensor]) -> [DType: [Tensor]] {
        var byType: [DType: [Tensor]] = [:]
        for parameter in parameters {
            guard var gradient = parameter.grad else { continue }
            if gradient.isSparse {
                gradient = gradient.coalesce()
                parameter.grad = gradient
                gradient = gradient.values()
            }
            byType[gradient.dtype, default: []].append(gradient)
        }
        return byType
    }
}
