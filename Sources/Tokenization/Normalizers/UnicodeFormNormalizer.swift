internal import OrderedJSON

/// One of the four Unicode normalization forms.
struct UnicodeFormNormalizer: Normalizer {
    enum Form: String, Sendable, CaseIterable {
        case nfc = "NFC"
        case nfd = "NFD"
        case nfkc = "NFKC"
        case nfkd = "NFKD"
    }

    let form: Form
    private let isComposed: Bool
    private let isCompatible: Bool
    /// Marks the scalars that must be looked at.
    private let changed: UInt8

    init(_ form: Form) {
        self.form = form
        isComposed = form == .nfc || form == .nfkc
        isCompatible = form == .nfkc || form == .nfkd
        let changed: NormalizationClass =
            switch form {
            case .nfc: .changedByNFC
            case .nfd: .changedByNFD
            case .nfkc: .changedByNFKC
            case .nfkd: .changedByNFKD
            }
        self.changed = changed.rawValue
    }

    func normalize(_ text: inout NormalizedText) {
        guard text.bytes.contains(where: { $0 >= 0x80 }) else { return }
        let tables = NormalizationTables.shared
        var rewriter: TextRewriter?
        var parts: [ScalarChange] = []
        text.bytes.withUnsafeBufferPointer { bytes in
            tables.classes.withUnsafeBufferPointer { classes in
                // Text is rewritten from the last scalar that stays the same, with which others may be composed, to
                // the next one.
                var start = 0
                var position = 0
                while position < bytes.count {
                    let here = position
                    let scalar = UTF8Scalars.decode(bytes, &position)
                    guard classes[Int(scalar)] & changed != 0 else {
                        start = here
                        continue
                    }
                    parts.removeAll(keepingCapacity: true)
                    var end = start
                    while end < bytes.count {
                        var next = end
                        let scalar = UTF8Scalars.decode(bytes, &next)
                        if end > here, classes[Int(scalar)] & changed == 0 { break }
                        decompose(scalar, tables, into: &parts)
                        end = next
                    }
                    ScalarChange.order(&parts, tables)
                    var rewritten = rewriter ?? TextRewriter(text)
                    rewriter = nil
                    rewritten.keep(to: start)
                    if isComposed {
                        var composer = ScalarComposer(tables)
                        composer.compose(parts) { rewritten.append($0.scalar, change: $0.change) }
                    } else {
                        for part in parts { rewritten.append(part.scalar, change: part.change) }
                    }
                    rewriter = rewritten
                    position = end
                    start = end
                }
            }
        }
        guard var rewriter else { return }
        rewriter.keep(to: text.bytes.count)
        text = rewriter.finished()
    }

    private func decompose(_ scalar: UInt32, _ tables: NormalizationTables, into parts: inout [ScalarChange]) {
        var change = 0
        tables.forEachPart(of: scalar, compatible: isCompatible) { part in
            parts.append(ScalarChange(scalar: part, change: change))
            change = 1
        }
    }

    var keepsASCII: Bool { true }

    var json: JSONValue { ["type": .string(form.rawValue)] }
}

/// A scalar of a new text and what it does to the old one (see `TextRewriter`).
struct ScalarChange {
    var scalar: UInt32
    var change: Int

    /// Sorts each run of marks by combining class, equal ones staying in order.
    static func order(_ parts: inout [ScalarChange], _ tables: NormalizationTables) {
        var start = 0
        while start < parts.count {
            guard tables.combiningClass(parts[start].scalar) != 0 else {
                start += 1
                continue
            }
            var end = start + 1
            while end < parts.count, tables.combiningClass(parts[end].scalar) != 0 { end += 1 }
            if end - start > 1 {
                let run = parts[start..<end].map { (tables.combiningClass($0.scalar), $0) }.enumerated().sorted {
                    ($0.element.0, $0.offset) < ($1.element.0, $1.offset)
                }
                parts.replaceSubrange(start..<end, with: run.map(\.element.1))
            }
            start = end
        }
    }
}

/// Puts scalars together that make one.
struct ScalarComposer {
    private let tables: NormalizationTables
    private var starter: ScalarChange?
    /// Marks behind the starter that are not part of it.
    private var marks: [ScalarChange] = []

    init(_ tables: NormalizationTables) { self.tables = tables }

    mutating func compose(_ parts: [ScalarChange], _ body: (ScalarChange) -> Void) {
        for part in parts {
            guard let first = starter else {
                // Marks without a scalar before them stay alone.
                if tables.combiningClass(part.scalar) != 0 { body(part) } else { starter = part }
                continue
            }
            let combiningClass = tables.combiningClass(part.scalar)
            let isBlocked = marks.last.map { tables.combiningClass($0.scalar) >= combiningClass } ?? false
            if !isBlocked, let composed = tables.composition(first.scalar, part.scalar) {
                starter = ScalarChange(scalar: composed, change: first.change + part.change - 1)
            } else if combiningClass == 0 {
                flush(body)
                starter = part
            } else {
                marks.append(part)
            }
        }
        flush(body)
    }

    private mutating func flush(_ body: (ScalarChange) -> Void) {
        if let starter { body(starter) }
        for mark in marks { body(mark) }
        starter = nil
        marks.removeAll(keepingCapacity: true)
    }
}
