internal import Foundation
internal import OrderedJSON

/// The objects of a list in a JSON file, one a line, as if the file were JSON Lines. The list is the whole file, or the
/// value of a key of the object that is the whole file.
final class JSONElementStream: ByteSource {
    private let source: any ByteSource
    private let path: String
    private let field: String?
    private let input = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 16)
    private var output: [UInt8] = []
    private var handedOut = 0
    private var isAtEnd = false

    private enum Place {
        /// Before the list or the outer object.
        case start
        /// In the outer object: before a key or its end.
        case key
        /// In a key, whose bytes are gathered.
        case inKey
        case colon
        /// Before a value that is skipped, or before the list.
        case value
        /// In a value that is skipped.
        case skipped
        /// Behind a value of the outer object.
        case afterValue
        /// In the list: before an element.
        case element
        /// In an element.
        case inElement
        /// Behind all.
        case end
    }

    private var place = Place.start
    private var line = 1
    /// The brackets that are open in an element or a skipped value.
    private var open: [UInt8] = []
    private var isInString = false
    private var isEscaped = false
    /// The key as it is written, as far as it can be the one that is sought.
    private var key: [UInt8] = []
    private var hasMembers = false
    private var hasFound = false
    private var elements = 0
    private var isBeforeFirst = true

    private static let nestingLimit = 64

    init(_ source: any ByteSource, path: String, field: String?) {
        self.source = source
        self.path = path
        self.field = field
    }

    deinit { input.deallocate() }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        var filled = 0
        while filled < buffer.count {
            if handedOut < output.count {
                let count = min(output.count - handedOut, buffer.count - filled)
                output.withUnsafeBytes { bytes in
                    UnsafeMutableRawBufferPointer(rebasing: buffer[filled...])
                        .copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[handedOut..<handedOut + count]))
                }
                handedOut += count
                filled += count
                continue
            }
            output.removeAll(keepingCapacity: true)
            handedOut = 0
            if isAtEnd { break }
            let count = try source.read(into: input)
            if count == 0 {
                isAtEnd = true
                try finish()
            } else {
                var bytes = UnsafeRawBufferPointer(rebasing: input[..<count])
                if isBeforeFirst, bytes.starts(with: [0xEF, 0xBB, 0xBF]) {
                    bytes = UnsafeRawBufferPointer(rebasing: bytes[3...])
                }
                isBeforeFirst = false
                for byte in bytes { try take(byte) }
            }
        }
        return filled
    }

    private func take(_ byte: UInt8) throws {
        if byte == 0x0A { line += 1 }
        switch place {
        case .inElement, .skipped: try takeValue(byte)
        case .inKey:
            if isEscaped {
                isEscaped = false
            } else if byte == 0x5C {
                isEscaped = true
            } else if byte == 0x22 {
                place = .colon
                return
            }
            if key.count <= longestKey { key.append(byte) }
        default:
            if byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D { return }
            try takeStructure(byte)
        }
    }

    private func takeStructure(_ byte: UInt8) throws {
        switch (place, byte) {
        case (.start, 0x5B) where field == nil: (place, hasFound) = (.element, true)
        case (.start, 0x7B) where field != nil: place = .key
        case (.start, _): throw malformed(field == nil ? "a JSON list is wanted" : "a JSON object is wanted")
        case (.key, 0x22): (place, key, hasMembers) = (.inKey, [], true)
        case (.key, 0x7D) where !hasMembers: place = .end
        case (.colon, 0x3A): place = .value
        case (.value, 0x5B) where isSought: (place, hasFound, elements) = (.element, true, 0)
        case (.value, _):
            if isSought { throw malformed("'\(field ?? "")' is no list of objects") }
            place = .skipped
            try takeValue(byte)
        case (.afterValue, 0x2C): place = .key
        case (.afterValue, 0x7D): place = .end
        case (.element, 0x5D) where elements == 0: place = field == nil ? .end : .afterValue
        case (.element, 0x2C), (.element, 0x5D): throw malformed("a comma with nothing behind it")
        case (.element, _):
            place = .inElement
            elements += 1
            try takeValue(byte)
        default: throw malformed("'\(Character(Unicode.Scalar(byte)))' where none belongs")
        }
    }

    /// Whether the key that was read last is the one that holds the rows.
    private var isSought: Bool {
        guard let field, !hasFound, key.count <= longestKey else { return false }
        guard key.contains(0x5C) else { return key.elementsEqual(field.utf8) }
        let text = try? JSONValue(parsing: [0x22] + key + [0x22], source: path)
        return text?.stringValue?.utf8.elementsEqual(field.utf8) ?? false
    }

    /// The bytes of the sought key where each of its characters is escaped.
    private var longestKey: Int { (field?.utf8.count ?? 0) * 6 }

    private func takeValue(_ byte: UInt8) throws {
        if isInString {
            if byte == 0x0A { throw malformed("a line break inside a string") }
            if isEscaped {
                isEscaped = false
            } else if byte == 0x5C {
                isEscaped = true
            } else if byte == 0x22 {
                isInString = false
            }
            return emit(byte)
        }
        switch byte {
        case 0x22: isInString = true
        case 0x5B, 0x7B:
            guard open.count < Self.nestingLimit else { throw malformed("values are nested too deeply") }
            open.append(byte == 0x5B ? 0x5D : 0x7D)
        case 0x5D where open.isEmpty && place == .inElement:
            output.append(0x0A)
            place = field == nil ? .end : .afterValue
            return
        case 0x7D where open.isEmpty && place == .skipped:
            place = .end
            return
        case 0x2C where open.isEmpty:
            if place == .inElement {
                output.append(0x0A)
                place = .element
                // The list may not end here.
                elements = max(elements, 1)
            } else {
                place = .key
            }
            return
        case 0x5D, 0x7D:
            guard open.popLast() == byte else { throw malformed("brackets that don't match") }
        case 0x0A, 0x0D, 0x09: return emit(0x20)
        default: break
        }
        emit(byte)
    }

    private func emit(_ byte: UInt8) { if place == .inElement { output.append(byte) } }

    private func finish() throws {
        guard place == .end else {
            throw malformed(place == .start ? "there is nothing in the file" : "the file ends in the middle")
        }
        guard hasFound else { throw malformed("there is no key '\(field ?? "")'") }
    }

    private func malformed(_ problem: String) -> DatasetError {
        .malformed(
            location: SourceLocation(file: path, line: line), column: nil, problem: problem,
            remedy: "give a list of objects, or one object a line")
    }
}
