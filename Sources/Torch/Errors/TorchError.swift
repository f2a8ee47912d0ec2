/// What libtorch said when an operator failed.
///
/// Thrown by ``withTorchErrors(_:)``, and so by every throwing function of this package that runs operators.
public struct TorchError: Error, Hashable, CustomStringConvertible {
    /// The operator with the types and shapes of its inputs, for example `matmul(Float[2,3], Float[4,5])`.
    public let operation: String
    /// The first line of libtorch's message.
    public let message: String
    /// Whether memory of the processor or of a GPU was exhausted.
    public let isOutOfMemory: Bool

    public init(operation: String, message: String, isOutOfMemory: Bool = false) {
        self.operation = operation
        self.message = message
        self.isOutOfMemory = isOutOfMemory
    }

    public var description: String { operation.isEmpty ? message : "\(operation): \(message)" }
}
