// One rank as a process of its own, for tests that end ranks by force: TorchRank <rank> <world size> <port> <seconds> <what>.
import Foundation
import Torch

let arguments = CommandLine.arguments
guard arguments.count == 6, let rank = Int(arguments[1]), let worldSize = Int(arguments[2]),
    let port = UInt16(arguments[3]), let seconds = Int(arguments[4])
else {
    print("usage: TorchRank <rank> <world size> <port> <seconds> <what>")
    exit(2)
}

/// Written at once: whoever reads it waits for it.
func tell(_ text: String) { FileHandle.standardOutput.write(Data("\(text)\n".utf8)) }

func run() throws {
    let store = try TCPStore(
        host: "127.0.0.1", port: port, worldSize: worldSize, timeout: .seconds(seconds), waitsForWorkers: false)
    let group = try ProcessGroup(
        store: store, rank: rank, worldSize: worldSize, timeout: .seconds(seconds), binding: .address("127.0.0.1"))
    let tensor = Tensor.zeros([1 << 20], dtype: .float32)
    switch arguments[5] {
    case "reduce":
        // For ever: one of the ranks is killed meanwhile.
        tell("ready")
        while true { try group.allReduce(tensor) }
    case "pending":
        // Ends with a reduction that nobody waits for.
        tell("ready")
        if rank == 0 { _ = try group.startAllReduce(tensor) } else { Thread.sleep(forTimeInterval: 30) }
    default:
        tell("unknown: \(arguments[5])")
        exit(2)
    }
}

do {
    try withTorchErrors { try run() }
    tell("done")
} catch let error as DistributedError {
    tell("\(error.kind): \(error)")
    exit(3)
} catch {
    tell("other: \(error)")
    exit(4)
}
