import Testing

@testable import Training

struct LocalAddressTests {
    /// What stays within the machine gives nothing: Gloo's own choice will do.
    @Test(arguments: ["127.0.0.1", "[::1]", "localhost", "nowhere.invalid", ""])
    func noneThatOthersReach(host: String) {
        #expect(LocalAddress.address(toward: host, port: 29500) == nil)
    }

    @Test func onlyWhereThereAreSeveralMachines() throws {
        var environment = try #require(
            try LaunchEnvironment.detect(in: [
                "RANK": "0", "WORLD_SIZE": "2", "LOCAL_RANK": "0", "LOCAL_WORLD_SIZE": "2", "MASTER_ADDR": "10.1.2.3",
                "MASTER_PORT": "29500",
            ]))
        #expect(LocalAddress.binding(toward: environment) == .automatic)
        environment.localWorldSize = 1
        environment.masterAddress = "127.0.0.1"
        #expect(LocalAddress.binding(toward: environment) == .automatic)
    }
}
