/// How many ranks a person asks for on one machine.
public enum RankRequest: Hashable, Sendable {
    /// One for each visible GPU, or one process where there is none or one.
    case automatic
    /// So many: on GPUs where there are any, else on the processor, whose threads they share.
    case count(Int)

    /// Reads `auto` or a number, as `--nproc` and `SWIFT_TRAINER_RANKS` take it.
    ///
    /// - Parameters:
    ///   - text: `auto` or a number.
    ///   - name: What holds the text, for the error.
    public init(_ text: String, name: String) throws {
        if text.lowercased() == "auto" {
            self = .automatic
            return
        }
        guard let count = Int(text), (1...Self.most).contains(count) else {
            throw LaunchError.invalidVariable(
                name: name, value: text, reason: "it must be auto or a number from 1 to \(Self.most)")
        }
        self = .count(count)
    }

    static let most = 1024
}

/// What a program does about ranks when it starts.
public enum WorldPlan: Hashable, Sendable {
    /// It is the only process.
    case alone
    /// A launcher started it as one of several.
    case join(LaunchEnvironment)
    /// It starts itself again, once for each rank, and watches them.
    case start(ranks: Int)

    /// Holds the request of a person who gives none on the command line: `auto`, or a number; 1 switches ranks off.
    static let variable = "SWIFT_TRAINER_RANKS"

    /// Decides by what was asked for, what a launcher set, and what the machine has; nothing else counts.
    ///
    /// - Parameters:
    ///   - request: What the program or its command line asks for; nil leaves it to `SWIFT_TRAINER_RANKS`.
    ///   - variables: The process's environment.
    ///   - devices: Asked for only where no launcher has decided.
    /// - Throws: ``LaunchError`` where a launcher's variables are wrong, or the request cannot be met.
    public static func decide(
        _ request: RankRequest?, variables: [String: String], devices: @autoclosure () -> VisibleDevices
    ) throws -> WorldPlan {
        if let found = try LaunchEnvironment.detect(in: variables) {
            if case .count(let count) = request, count != found.localWorldSize {
                throw LaunchError.contradiction(
                    "\(count) ranks were asked for on this machine, but its launcher (\(found.launcher.rawValue)) started "
                        + "\(found.localWorldSize); leave the number to the launcher")
            }
            return .join(found)
        }
        let fromVariable = try LaunchVariables(variables)[variable].map { try RankRequest($0, name: variable) }
        switch request ?? fromVariable ?? .automatic {
        case .count(1): return .alone
        case .count(let count):
            let devices = devices()
            guard (1...RankRequest.most).contains(count) else {
                throw LaunchError.contradiction(
                    "\(count) ranks were asked for; 1 to \(RankRequest.most) can be started")
            }
            guard devices.count == 0 || count <= devices.count else {
                throw LaunchError.contradiction(
                    "\(count) ranks were asked for, but \(devices.count) GPU\(devices.count == 1 ? " is" : "s are") "
                        + "visible; ask for at most as many, or for the processor")
            }
            return .start(ranks: count)
        case .automatic:
            let devices = devices()
            return devices.count > 1 ? .start(ranks: devices.count) : .alone
        }
    }
}
