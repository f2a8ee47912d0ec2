import SwiftTrainer

/// `--rdzv-conf`, torchrun's settings of how machines meet.
enum RendezvousSettings {
    static let names = [
        "is_host", "join_timeout", "keep_alive_interval", "keep_alive_max_attempt", "last_call_timeout",
    ]

    /// - Parameter text: `name=value`, separated by commas.
    static func apply(_ text: String, to launch: inout ElasticLaunch) throws {
        for setting in text.split(separator: ",") {
            let parts = setting.split(separator: "=", maxSplits: 1).map { $0.drop { $0 == " " } }.map { String($0) }
            guard parts.count == 2 else {
                throw CommandFailure.usage("--rdzv-conf: '\(setting)' must look like name=value")
            }
            let (name, value) = (parts[0], parts[1])
            func time() throws -> Duration {
                guard let number = Double(value) else { throw wrong(name, value, "a number of seconds") }
                return try seconds(number, "--rdzv-conf \(name)")
            }
            switch name {
            case "is_host":
                guard let isHost = ["1": true, "true": true, "0": false, "false": false][value.lowercased()] else {
                    throw wrong(name, value, "true or false")
                }
                launch.isHost = isHost
            case "join_timeout": launch.timeout = try time()
            case "keep_alive_interval": launch.keepAliveInterval = try time()
            case "keep_alive_max_attempt":
                guard let number = Int(value), (1...1_000).contains(number) else {
                    throw wrong(name, value, "a number from 1 to 1000")
                }
                launch.keepAliveMaxAttempts = number
            case "last_call_timeout": launch.lastCall = try time()
            default:
                throw CommandFailure.usage(
                    "--rdzv-conf: there is no setting '\(name)'; the settings are \(names.joined(separator: ", "))")
            }
        }
    }

    /// A time of at most a month.
    static func seconds(_ number: Double, _ flag: String) throws -> Duration {
        guard number > 0, number < 2_678_400 else {
            throw CommandFailure.usage("\(flag) \(number): it must be a number of seconds above 0")
        }
        return .seconds(number)
    }

    private static func wrong(_ name: String, _ value: String, _ kind: String) -> CommandFailure {
        .usage("--rdzv-conf: \(name)=\(value) must be \(kind)")
    }
}
