public import Foundation

/// What a result is kept under: a hash of all that it depends on, 16 hexadecimal digits as in Python's `datasets`.
///
/// A closure has no content that could be hashed, so a cached transform is given a fingerprint that stands for it: its
/// name, its version, its arguments, the files it reads.
/// ```swift
/// let key = Fingerprint("lower case", "v2", language)
/// ```
public struct Fingerprint: Sendable, Hashable, CustomStringConvertible {
    let hash: UInt64

    init(hash: UInt64) { self.hash = hash }

    /// Of several parts; `("ab", "c")` and `("a", "bc")` differ.
    public init(_ parts: any FingerprintPart...) { self.init(parts: parts) }

    init(parts: [any FingerprintPart]) {
        var hash = XXHash64()
        for part in parts { part.write(into: &hash) }
        self.hash = hash.value
    }

    /// Of a file's content.
    /// - Throws: ``DatasetError/unreadableFile(path:problem:)``
    public init(contentsOf file: URL) throws {
        var hash = XXHash64()
        try FileChunks.forEach(in: file.path) { hash.update($0) }
        self.hash = hash.value
    }

    /// From the digits that ``description`` gives.
    init?(digits: String) {
        guard digits.utf8.count == 16, let hash = UInt64(digits, radix: 16) else { return nil }
        self.hash = hash
    }

    public var description: String {
        let digits = String(hash, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}

extension Fingerprint: ExpressibleByStringLiteral {
    public init(stringLiteral value: String) { self.init(value) }
}

/// What a ``Fingerprint`` can be made of: text, numbers, truth values, other fingerprints, arrays and optionals of these.
public protocol FingerprintPart {
    /// Its content as text, the same in every run of the program.
    var fingerprintText: String { get }
}

extension FingerprintPart {
    func write(into hash: inout XXHash64) {
        var text = fingerprintText
        text.withUTF8 { bytes in
            withUnsafeBytes(of: UInt64(bytes.count).littleEndian) { hash.update($0) }
            hash.update(UnsafeRawBufferPointer(bytes))
        }
    }
}

extension String: FingerprintPart { public var fingerprintText: String { self } }
extension Int: FingerprintPart { public var fingerprintText: String { String(self) } }
extension Double: FingerprintPart { public var fingerprintText: String { String(bitPattern) } }
extension Bool: FingerprintPart { public var fingerprintText: String { self ? "true" : "false" } }
extension Fingerprint: FingerprintPart { public var fingerprintText: String { description } }

extension Optional: FingerprintPart where Wrapped: FingerprintPart {
    public var fingerprintText: String { map { "\u{1}some " + $0.fingerprintText } ?? "\u{1}none" }
}

extension Array: FingerprintPart where Element: FingerprintPart {
    public var fingerprintText: String {
        map { element in
            let text = element.fingerprintText
            return "\(text.utf8.count):\(text)"
        }.joined()
    }
}
