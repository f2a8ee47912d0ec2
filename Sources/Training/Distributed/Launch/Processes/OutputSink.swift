import Foundation

/// A file or terminal that all ranks of a machine write to in the end.
///
/// One rank's bytes may pass as they come; lines of the others never tear its lines apart.
final class OutputSink {
    let isTerminal: Bool
    private let descriptor: Int32
    private var isMidLine = false
    private var held: [UInt8] = []
    private var heldSince: ContinuousClock.Instant?

    private static let longestWait = Duration.seconds(1)
    private static let mostHeld = 1 << 18

    init(_ descriptor: Int32) {
        self.descriptor = descriptor
        isTerminal = isatty(descriptor) != 0
    }

    /// Writes bytes as they are.
    func pass(_ bytes: ArraySlice<UInt8>) {
        guard let last = bytes.last else { return }
        guard isMidLine, !held.isEmpty, let end = bytes.firstIndex(of: UInt8(ascii: "\n")) else {
            isMidLine = last != UInt8(ascii: "\n")
            return Descriptors.write(bytes, to: descriptor)
        }
        isMidLine = false
        Descriptors.write(bytes[...end], to: descriptor)
        writeHeld()
        pass(bytes[(end + 1)...])
    }

    /// Writes a whole line, as soon as none is begun.
    func line(_ text: String, _ line: ArraySlice<UInt8>) {
        // A terminal's last line may be a progress bar, which draws itself again.
        held += (isTerminal ? "\r\u{1B}[K" + text : text).utf8
        held += line
        held.append(UInt8(ascii: "\n"))
        if isMidLine, held.count < Self.mostHeld {
            heldSince = heldSince ?? .now
        } else {
            writeHeld()
        }
    }

    /// Lets lines go that have waited long for the end of another.
    func settle(atOnce: Bool = false) {
        guard let since = heldSince, atOnce || .now - since > Self.longestWait else { return }
        writeHeld()
    }

    /// Until when ``settle(atOnce:)`` has nothing to do; nil: for ever.
    var nextDeadline: ContinuousClock.Instant? { heldSince.map { $0 + Self.longestWait } }

    private func writeHeld() {
        if isMidLine { Descriptors.write([UInt8(ascii: "\n")][...], to: descriptor) }
        Descriptors.write(held[...], to: descriptor)
        (held, heldSince, isMidLine) = ([], nil, false)
    }
}
