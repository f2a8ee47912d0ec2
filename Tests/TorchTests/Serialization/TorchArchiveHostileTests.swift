import Foundation
import Testing

@testable import Torch

/// Archives and pickles that are wrong in one way each; the error names it, and nothing is run.
@Suite struct TorchArchiveHostileTests {
    private func failure(_ bytes: [UInt8], checksums: Bool = false) throws -> String {
        let folder = try TemporaryFolder()
        let url = try folder.write(bytes, as: "bad.pt")
        let error = #expect(throws: TorchArchiveError.self) { try TorchArchive.load(url, checksums: checksums) }
        #expect(error?.description.contains("bad.pt") == true)
        return error?.description ?? ""
    }

    @Test func namesWhatAnAttackAsksFor() throws {
        let url = SerializationFixtures.url("attack.pt")
        #expect(throws: TorchArchiveError.forbiddenGlobal(file: url.path, name: "posix.system")) {
            try TorchArchive.load(url)
        }
    }

    @Test(arguments: [
        ([], "in the middle"), ([0x4E, 0x2E], "protocol"), ([0x80, 5, 0x4E, 0x2E], "protocol 5"),
        ([0x80, 2, 0x2E], "0 values"),
        ([0x80, 2, 0x4E, 0x4E, 0x2E], "2 values"), ([0x80, 2, 0x4E], "in the middle"),
        ([0x80, 2, 0x30], "stack runs empty"),
        ([0x80, 2, 0x28, 0x85], "stack runs empty"), ([0x80, 2, 0x74], "mark is missing"),
        ([0x80, 2, 0x68, 9, 0x2E], "memo 9"), ([0x80, 2, 0x4E, 0x4E, 0x61], "no list"),
        ([0x80, 2, 0x4E, 0x4E, 0x4E, 0x73], "no dictionary"), ([0x80, 2, 0x7D, 0x28, 0x4E, 0x75], "without a value"),
        ([0x80, 2, 0x4E, 0x29, 0x52], "not on the list"), ([0x80, 2, 0x4E, 0x4E, 0x62], "state"),
        ([0x80, 2, 0x49, 0x31, 0x0A, 0x2E], "opcode 0x49"), ([0x80, 2, 0x58, 0xFF, 0xFF, 0xFF, 0xFF], "in the middle"),
        ([0x80, 2, 0x58, 1, 0, 0, 0, 0xFF, 0x2E], "UTF-8"), ([0x80, 2, 0x8B, 0xFF, 0xFF, 0xFF, 0xFF], "in the middle"),
        ([0x80, 4, 0x8E, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF], "in the middle"),
        ([0x80, 4, 0x95, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F], "frame"),
        ([0x80, 2, 0x63, 0x61, 0x0A], "does not end"), ([0x80, 2, 0x63, 0x61], "does not end"),
        ([0x80, 2, 0x7D, 0x5D, 0x4E, 0x73, 0x2E], "key"),
        ([0x80, 2, 0x5D, 0x71, 0, 0x68, 0, 0x61, 0x2E], "inside itself"),
        ([0x80, 2] + PickleBuilder.global("torch", "load") + [0x2E], "torch.load"),
        ([0x80, 2] + PickleBuilder.global("collections", "OrderedDict") + [0x2E], "where a value is expected"),
        ([0x80, 2, 0x4E, 0x51], "persistent"),
    ])
    func pickles(pickle: [UInt8], reason: String) throws {
        let text = try failure(PickleBuilder.archive(pickle))
        #expect(text.contains(reason))
    }

    @Test func tensorsStayInsideTheirStorage() throws {
        let folder = try TemporaryFolder()
        let good = try folder.write(
            PickleBuilder.archive([0x80, 2] + PickleBuilder.tensor(offset: 0, size: 1, stride: 1) + [0x2E]),
            as: "good.pt")
        #expect(try TorchArchive.load(good, checksums: false).tensorValue?.shape == [1])
        for (offset, size, stride, count) in [
            (1, 1, 1, 1), (0, 2, 1, 1), (-1, 1, 1, 1), (0, -1, 1, 1), (0, 1, -1, 1), (0, 1, 1, 2), (0, 1, 1, -1),
            (0, .max, .max, 1), (0, .max, 0, 1),
        ] as [(Int32, Int32, Int32, Int32)] {
            let pickle = PickleBuilder.tensor(offset: offset, size: size, stride: stride, count: count)
            _ = try failure(PickleBuilder.archive([0x80, 2] + pickle + [0x2E]))
        }
    }

    @Test func nestingIsBounded() throws {
        // [[[…]]], made without a stack that deep: each list is remembered and put into the next.
        var pickle: [UInt8] = [0x80, 2, 0x5D]
        for _ in 0..<100_000 { pickle += [0x71, 0, 0x30, 0x5D, 0x68, 0, 0x61] }
        #expect(try failure(PickleBuilder.archive(pickle + [0x2E])).contains("nested"))
        // The same in parts of 90, each met first near the surface.
        pickle = [0x80, 2, 0x28, 0x5D]
        for level in 1..<1000 {
            pickle += [0x71, 0] + (level % 90 == 0 ? [] : [0x30]) + [0x5D, 0x68, 0, 0x61]
        }
        #expect(try failure(PickleBuilder.archive(pickle + [0x74, 0x2E])).contains("nested"))
    }

    @Test func sharingDoesNotExpandWithoutBound() throws {
        // Each list holds the one before twice: 2^60 values.
        var pickle: [UInt8] = [0x80, 2, 0x5D]
        for _ in 0..<60 { pickle += [0x71, 0, 0x30, 0x5D, 0x28, 0x68, 0, 0x68, 0, 0x65] }
        #expect(try failure(PickleBuilder.archive(pickle + [0x2E])).contains("expands"))
        // One text, decoded again and again.
        pickle = [0x80, 2] + PickleBuilder.text(String(repeating: "x", count: 10_000)) + [0x71, 0]
        for _ in 0..<1000 {
            pickle +=
                PickleBuilder.global("_codecs", "encode") + [0x68, 0] + PickleBuilder.text("latin1") + [0x86, 0x52]
        }
        #expect(try failure(PickleBuilder.archive(pickle + [0x2E])).contains("expands"))
    }

    @Test func archives() throws {
        let entry = ("a/data.pkl", [0x80, 2, 0x4E, 0x2E] as [UInt8])
        let good = PickleBuilder.zip([entry])
        let folder = try TemporaryFolder()
        #expect(try TorchArchive.load(folder.write(good), checksums: false).isNone)
        #expect(try failure(good, checksums: true).contains("checksum"))
        #expect(try failure(PickleBuilder.zip([entry], method: 8)).contains("\"a/data.pkl\" is deflated"))
        #expect(try failure(PickleBuilder.zip([entry], method: 12)).contains("compressed with method 12"))
        #expect(try failure(PickleBuilder.zip([entry], flags: 1)).contains("encrypted"))
        #expect(try failure(PickleBuilder.zip([entry, entry])).contains("stands twice"))
        #expect(try failure(PickleBuilder.zip([("a/other", [])])).contains("no entry data.pkl"))
        #expect(try failure(PickleBuilder.zip([])).contains("no entries"))
        #expect(try failure(PickleBuilder.zip([entry, ("a/constants.pkl", [])])).contains("TorchScript"))
        #expect(try failure(PickleBuilder.zip([entry, ("a/byteorder", Array("big".utf8))])).contains("byte order"))
        #expect(try failure(PickleBuilder.zip([entry], directoryOffset: 1)).contains("damaged"))
        #expect(try failure([]).contains("no zip end record"))
        #expect(try failure([0x80, 2, 0x8A]).contains("before PyTorch 1.6"))
        // A directory whose second record points to the first entry.
        var overlapping = PickleBuilder.zip([entry, ("b/data.pkl", entry.1)])
        overlapping[overlapping.count - 22 - 10 - 4] = 0
        #expect(try failure(overlapping).contains("differs"))
    }

    @Test(arguments: ["optimizer.pt", "scheduler.pt", "values4.pt"])
    func everyTruncationIsAnError(file: String) throws {
        let bytes = try SerializationFixtures.bytes(file)
        bytes.withUnsafeBytes { whole in
            for length in 0..<whole.count {
                let part = UnsafeRawBufferPointer(rebasing: whole[..<length])
                #expect(throws: TorchArchiveError.self) {
                    try TorchArchive.read(part, owner: Nobody(), file: file, checksums: true)
                }
            }
        }
    }

    private final class Nobody {}
}
