import Foundation

/// Where this machine meets the others, and how they reach it.
struct Meeting {
    /// What all agents see.
    let store: any RendezvousStore
    /// Whether this agent serves it, so that the others can't go on without.
    let isHost: Bool
    /// This machine's address for the others.
    let address: String
    /// For messages.
    let place: String

    /// Goes to the meeting's address: serves the store there if it is this machine's, or connects to it.
    ///
    /// - Throws: ``LaunchError`` for an address that is wrong, in use, or does not answer in time.
    init(_ launch: ElasticLaunch, signals: SignalWatch) throws {
        let ownAddress = try launch.localAddress ?? launch.interface.map { try NetworkInterface.address(of: $0) }
        guard let endpoint = launch.endpoint else {
            (store, isHost, address, place) = (LocalRendezvousStore(), true, "127.0.0.1", "this machine")
            return
        }
        place = "\(endpoint)"
        if let socket = try Self.socket(launch, endpoint, ownAddress) {
            isHost = true
            store = try TorchRendezvousStore(serving: socket, longestCall: launch.longestCall)
            // The others know this one.
            address = ownAddress ?? endpoint.host
            return
        }
        isHost = false
        let began = ContinuousClock.now
        try endpoint.waitUntilReachable(launch.timeout) {
            if let signal = signals.awaitEnding(within: .milliseconds(500)) { throw LaunchInterruption(signal: signal) }
        }
        address = try ownAddress ?? endpoint.localAddress()
        let left = max(.seconds(5), launch.timeout - (.now - began))
        store = try TorchRendezvousStore(
            endpoint: endpoint, timeout: min(left, .seconds(60)), longestCall: launch.longestCall)
    }

    /// The socket to serve the store on; nil where another agent does.
    private static func socket(
        _ launch: ElasticLaunch, _ endpoint: LaunchEndpoint, _ ownAddress: String?
    ) throws -> ListeningSocket? {
        let mustServe = launch.isHost ?? launch.nodeRank.map { $0 == 0 }
        guard try mustServe ?? endpoint.isHere() else { return nil }
        do {
            // Others may know this machine under another address than its own name leads to.
            return try ListeningSocket(address: ownAddress ?? launch.serverAddress(endpoint), port: endpoint.port)
        } catch {
            // Another agent of this machine may have come first.
            guard mustServe == nil else { throw error }
            return nil
        }
    }
}

/// A signal came while there were no ranks to pass it on to.
struct LaunchInterruption: Error {
    let signal: Int32
}

extension ElasticLaunch {
    /// An agent that hears nothing for so long is cut off.
    fileprivate var longestCall: Duration { max(.seconds(5), keepAliveInterval * keepAliveMaxAttempts) }

    /// What to listen on: loopback for a run that stays here, else everything.
    fileprivate func serverAddress(_ endpoint: LaunchEndpoint) -> String? {
        ["127.0.0.1", "::1"].contains(endpoint.host) ? endpoint.host : nil
    }
}
