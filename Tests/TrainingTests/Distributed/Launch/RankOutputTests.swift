import Foundation
import Testing

@testable import Training

struct RankOutputTests {
    private func lines(_ pieces: String...) -> [String] {
        var assembler = LineAssembler()
        var lines: [String] = []
        for piece in pieces { assembler.add(piece.utf8) { lines.append(String(decoding: $0, as: UTF8.self)) } }
        assembler.finish { lines.append(String(decoding: $0, as: UTF8.self)) }
        return lines
    }

    @Test func piecesBecomeLines() {
        #expect(lines("a", "b\nc", "", "\n\nd") == ["ab", "c", "", "d"])
        #expect(lines("a\r\n", "b\r", "\n") == ["a", "b"])
        #expect(lines("") == [])
    }

    @Test func ofAProgressBarTheLastStateIsLeft() {
        #expect(lines("\r 10%", "\r 50%\r", "100%\nrest") == ["100%", "rest"])
        #expect(lines("10%\r20%\r") == ["20%"])
    }

    @Test func linesWithoutEndAreCut() {
        let long = String(repeating: "x", count: 3 * LineAssembler.longest / 2)
        #expect(lines(long).map(\.count) == [LineAssembler.longest, LineAssembler.longest / 2])
    }

    @Test func lastLinesAreFew() {
        var last = LastLines()
        for number in 0..<50 { last.add(Array("line \(number)".utf8)[...]) }
        #expect(last.lines.count == LastLines.most && last.lines.last == "line 49")
    }

    /// What comes out of the sink's other end.
    private func written(_ body: (OutputSink) -> Void) throws -> String {
        let pipe = try Descriptors.pipe()
        body(OutputSink(pipe.write))
        close(pipe.write)
        defer { close(pipe.read) }
        return String(decoding: try FileHandle(fileDescriptor: pipe.read).readToEnd() ?? Data(), as: UTF8.self)
    }

    @Test func noLineTearsAnother() throws {
        let text = try written { sink in
            sink.pass(Array("half".utf8)[...])
            sink.line("[rank 1] ", Array("whole".utf8)[...])
            sink.pass(Array(" a line\nnext".utf8)[...])
            sink.line("[rank 2] ", Array("late".utf8)[...])
            sink.settle(atOnce: true)
            sink.line("[rank 1] ", Array("free".utf8)[...])
        }
        #expect(text == "half a line\n[rank 1] whole\nnext\n[rank 2] late\n[rank 1] free\n")
    }
}
