import Foundation

/// A terminal that a program writes to, and what its screen shows then.
final class PseudoTerminal {
    /// The program's end.
    let slave: FileHandle
    private let master: Int32
    private(set) var bytes: [UInt8] = []

    init(columns: Int) throws {
        master = open("/dev/ptmx", O_RDWR | O_NOCTTY)
        guard master >= 0, let name = Self.name(of: master) else { throw CocoaError(.fileReadUnknown) }
        let descriptor = open(name, O_RDWR | O_NOCTTY)
        guard descriptor >= 0 else { throw CocoaError(.fileReadUnknown) }
        slave = FileHandle(fileDescriptor: descriptor, closeOnDealloc: false)
        resize(columns: columns)
    }

    deinit { close(master) }

    /// The program's end, opened up for use.
    private static func name(of master: Int32) -> String? {
        #if os(Linux)
            // Glibc's functions for it are not in Swift's module.
            var (isLocked, number): (Int32, UInt32) = (0, 0)
            let (unlock, getNumber): (UInt, UInt) = (0x4004_5431, 0x8004_5430)
            guard ioctl(master, unlock, &isLocked) == 0, ioctl(master, getNumber, &number) == 0 else { return nil }
            return "/dev/pts/\(number)"
        #else
            return grantpt(master) == 0 && unlockpt(master) == 0 ? ptsname(master).map { String(cString: $0) } : nil
        #endif
    }

    func resize(columns: Int) {
        var size = winsize(ws_row: 50, ws_col: UInt16(columns), ws_xpixel: 0, ws_ypixel: 0)
        _ = ioctl(master, UInt(TIOCSWINSZ), &size)
    }

    /// Reads until the program has closed its end.
    /// - Parameter onBytes: Called with all that came so far.
    func readAll(_ onBytes: (PseudoTerminal) -> Void = { _ in }) {
        try? slave.close()
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = read(master, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return }
            bytes += buffer.prefix(count)
            onBytes(self)
        }
    }

    var text: String { String(decoding: bytes, as: UTF8.self) }
}

/// As much of a terminal as progress bars need: lines that break at the last column, and moves of the cursor.
struct Screen {
    private(set) var lines: [[Character]] = [[]]
    private var row = 0
    private var column = 0
    let columns: Int

    init(_ text: String, columns: Int) {
        self.columns = columns
        var scalars = text.unicodeScalars.makeIterator()
        while let scalar = scalars.next() {
            switch scalar {
            case "\r": column = 0
            case "\n": moveDown()
            case "\u{1B}":
                _ = scalars.next()
                var number = ""
                while let next = scalars.next() {
                    if next.properties.numericType != nil {
                        number.unicodeScalars.append(next)
                        continue
                    }
                    control(next, Int(number) ?? 1)
                    break
                }
            default: put(Character(scalar))
            }
        }
    }

    /// Without the spaces at lines' ends.
    var text: [String] {
        lines.map { line in
            var text = String(line)
            while text.hasSuffix(" ") { text.removeLast() }
            return text
        }
    }

    private mutating func control(_ letter: Unicode.Scalar, _ number: Int) {
        switch letter {
        case "A": row = max(0, row - number)
        case "K": lines[row] = Array(lines[row].prefix(column))
        case "J":
            lines[row] = Array(lines[row].prefix(column))
            lines.removeSubrange((row + 1)...)
        default: put("?")
        }
    }

    private mutating func put(_ character: Character) {
        if column == columns {
            moveDown()
            column = 0
        }
        while lines[row].count <= column { lines[row].append(" ") }
        lines[row][column] = character
        column += 1
    }

    private mutating func moveDown() {
        row += 1
        column = 0
        if row == lines.count { lines.append([]) }
    }
}
