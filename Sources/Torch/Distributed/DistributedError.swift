internal import CTorch

/// Why ranks could not work together.
///
/// Thrown by stores, process groups and ``DistributedDataParallel``. The message is one line that says what failed, on
/// which rank or at which address, and what to look at.
public struct DistributedError: Error, Hashable, CustomStringConvertible {
    /// What kind of failure it is.
    public enum Kind: Sendable, Hashable {
        /// The others did not come, or did not answer, within the time.
        case timeout
        /// Nobody listens at the address, or the network does not lead there.
        case cannotConnect
        /// Another program listens at the port.
        case addressInUse
        /// The address, or the interface, does not belong to this machine.
        case addressUnavailable
        /// The host name has no address.
        case unknownHost
        /// Another rank, or the process that serves the store, ended or closed its connection.
        case peerLost
        /// The backend or this build of libtorch can't do it.
        case unsupported
        /// An argument that can't be right.
        case invalidArgument
        /// The ranks disagree about what they do together.
        case mismatch
        /// Anything else that libtorch says.
        case other
    }

    public let kind: Kind
    public let message: String

    public init(_ kind: Kind, _ message: String) {
        self.kind = kind
        self.message = message
    }

    public var description: String { message }

    /// The failure of a collective inside a backward pass, which comes as an operator's.
    ///
    /// - Returns: nil where `error` tells of nothing between ranks.
    public init?(_ error: TorchError) {
        guard let (kind, text) = Self.last(error.message.withCString { ct_distributed_tell($0) }),
            kind == .timeout || kind == .peerLost || kind == .cannotConnect
        else { return nil }
        self.init(kind, "the gradients could not be reduced: \(text)\(kind.advice)")
    }
}

extension DistributedError.Kind {
    init(_ status: ct_distributed_status) {
        switch Int(status) {
        case CT_DISTRIBUTED_TIMEOUT: self = .timeout
        case CT_DISTRIBUTED_CANNOT_CONNECT: self = .cannotConnect
        case CT_DISTRIBUTED_ADDRESS_IN_USE: self = .addressInUse
        case CT_DISTRIBUTED_ADDRESS_UNAVAILABLE: self = .addressUnavailable
        case CT_DISTRIBUTED_UNKNOWN_HOST: self = .unknownHost
        case CT_DISTRIBUTED_PEER_LOST: self = .peerLost
        case CT_DISTRIBUTED_UNSUPPORTED: self = .unsupported
        default: self = .other
        }
    }

    /// What to do about it, to follow libtorch's words.
    var advice: String {
        switch self {
        case .timeout: "; another rank is late, stuck or gone: look at what the others last wrote, or allow more time"
        case .peerLost: "; another rank ended or lost its connection: what it wrote last tells why"
        case .cannotConnect: "; check the address, and that the network and firewalls let the ranks reach each other"
        default: ""
        }
    }
}

extension DistributedError {
    /// The failure that the last call into the shim on this thread left, or nil where there was none.
    static func last(_ status: ct_distributed_status) -> (kind: Kind, text: String)? {
        status == 0 ? nil : (Kind(status), String(cString: ct_distributed_error()))
    }
}

extension Duration {
    /// In whole milliseconds for c10d: at least 1, at most about 24 days.
    var milliseconds: Int64 {
        let (seconds, attoseconds) = components
        guard seconds < 2_147_483 else { return 2_147_483_000 }
        return max(1, seconds * 1000 + attoseconds / 1_000_000_000_000_000)
    }

    /// As messages tell it: `2 s`, `0.5 s`.
    var inSeconds: String {
        milliseconds % 1000 == 0 ? "\(milliseconds / 1000) s" : "\(Double(milliseconds) / 1000) s"
    }
}
