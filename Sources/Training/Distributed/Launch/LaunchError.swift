/// Why ranks could not be found, started or kept together.
public enum LaunchError: Error, Hashable, CustomStringConvertible {
    /// A launcher's variable has a value that cannot be used.
    case invalidVariable(name: String, value: String, reason: String)
    /// A launcher's variable is missing; `remedy` says what to set.
    case missingVariable(name: String, remedy: String)
    /// What was asked for does not fit what a launcher or the machine says.
    case contradiction(String)
    /// A list of machines that is not in Slurm's notation.
    case nodeList(String, reason: String)
    /// A program could not be started as a rank.
    case unstartable(program: String, reason: String)
    /// An address or interface that cannot be used.
    case address(String)
    /// The machines of a run did not come together, or lost each other.
    case rendezvous(String)

    public var description: String {
        switch self {
        case .invalidVariable(let name, let value, let reason): "\(name)=\(value): \(reason)"
        case .missingVariable(let name, let remedy): "the variable \(name) is not set; \(remedy)"
        case .nodeList(let list, let reason): "the list of machines '\(list)' cannot be read: \(reason)"
        case .unstartable(let program, let reason): "cannot start \(program): \(reason)"
        case .contradiction(let text), .address(let text), .rendezvous(let text): text
        }
    }
}
