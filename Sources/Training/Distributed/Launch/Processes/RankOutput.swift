import Foundation

/// What ranks write, on its way to the output of the process that watches them.
///
/// The main rank's bytes pass as they are, so that its progress bars work; where it writes to a terminal, it has the terminal
/// itself. Each line of another rank gets the rank's number in front.
final class RankOutput {
    /// A pipe that a rank writes to.
    private struct Stream {
        let descriptor: Int32
        let rank: Int
        let sink: OutputSink
        /// Before each line; nil where bytes pass as they are.
        let prefix: String?
        let isError: Bool
        var lines = LineAssembler()
    }

    private let out: OutputSink
    private let err: OutputSink
    private let targets: (out: Int32, err: Int32)
    private var streams: [Stream] = []
    private var lastLines: [Int: LastLines] = [:]

    /// - Parameter targets: Where all goes: standard output and standard error.
    init(targets: (out: Int32, err: Int32) = (STDOUT_FILENO, STDERR_FILENO)) {
        self.targets = targets
        out = OutputSink(targets.out)
        err = Descriptors.areSameFile(targets.out, targets.err) ? out : OutputSink(targets.err)
    }

    deinit { for stream in streams { close(stream.descriptor) } }

    /// The descriptors for a rank that starts now.
    ///
    /// - Parameters:
    ///   - rank: Its number.
    ///   - isMain: Whether its bytes pass as they are.
    /// - Returns: Its outputs, and which of them to close here once it has started.
    func open(rank: Int, isMain: Bool) throws -> (out: Int32, err: Int32, toClose: [Int32]) {
        lastLines[rank] = LastLines()
        let prefix = isMain ? nil : "[rank \(rank)] "
        func stream(_ sink: OutputSink, isError: Bool) throws -> Int32 {
            let pipe = try Descriptors.pipe(nonBlockingRead: true)
            streams.append(
                Stream(descriptor: pipe.read, rank: rank, sink: sink, prefix: prefix, isError: isError))
            return pipe.write
        }
        // One pipe keeps the order of what goes to one place.
        if isMain, out === err, !out.isTerminal {
            let both = try stream(out, isError: true)
            return (both, both, [both])
        }
        let passesOut = isMain && out.isTerminal
        let passesErr = isMain && err.isTerminal
        let theirOut = passesOut ? targets.out : try stream(out, isError: false)
        let theirErr = passesErr ? targets.err : try stream(err, isError: true)
        return (theirOut, theirErr, (passesOut ? [] : [theirOut]) + (passesErr ? [] : [theirErr]))
    }

    /// What to wait for.
    var descriptors: [Int32] { streams.map { $0.descriptor } }
    var nextDeadline: ContinuousClock.Instant? { [out, err].compactMap { $0.nextDeadline }.min() }

    /// Takes what has come, without waiting.
    func read() {
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        var ended: Set<Int32> = []
        for index in streams.indices {
            let descriptor = streams[index].descriptor
            let count = Foundation.read(descriptor, &buffer, buffer.count)
            if count > 0 {
                take(buffer[..<count], index)
            } else if count == 0 || ![EAGAIN, EINTR].contains(errno) {
                finish(index)
                close(descriptor)
                ended.insert(descriptor)
            }
        }
        streams.removeAll { ended.contains($0.descriptor) }
        for sink in [out, err] { sink.settle() }
    }

    /// Takes what is left of ranks that are gone.
    func readToEnd() {
        while true {
            let before = streams.count
            var waiting = streams.map { pollfd(fd: $0.descriptor, events: Int16(POLLIN), revents: 0) }
            guard before > 0, poll(&waiting, nfds_t(waiting.count), 0) > 0 else { break }
            read()
        }
        for index in streams.indices {
            finish(index)
            close(streams[index].descriptor)
        }
        streams = []
        for sink in [out, err] { sink.settle(atOnce: true) }
    }

    /// The last lines that a rank wrote to standard error; none where it had a terminal.
    func lastErrorLines(ofRank rank: Int) -> [String] { lastLines[rank]?.lines ?? [] }

    private func take(_ bytes: ArraySlice<UInt8>, _ index: Int) {
        let stream = streams[index]
        if stream.prefix == nil { stream.sink.pass(bytes) }
        streams[index].lines.add(bytes) { put($0, of: stream) }
    }

    private func finish(_ index: Int) {
        let stream = streams[index]
        streams[index].lines.finish { put($0, of: stream) }
    }

    private func put(_ line: ArraySlice<UInt8>, of stream: Stream) {
        if stream.isError { lastLines[stream.rank]?.add(line) }
        if let prefix = stream.prefix { stream.sink.line(prefix, line) }
    }
}
