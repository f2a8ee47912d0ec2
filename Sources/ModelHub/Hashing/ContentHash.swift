import Crypto
import Foundation

/// What the hash of a file's content must be.
struct Checksum: Sendable, Hashable {
    let kind: ContentHash.Kind
    /// Hexadecimal, in lower case.
    let digits: String
}

/// The hash of a file's content, taken while it comes in.
struct ContentHash {
    enum Kind: Sendable {
        case sha256
        /// Git's name of a file: SHA-1 over a header with the size, and the content.
        case gitBlob
    }

    private enum Hasher {
        case sha256(SHA256)
        case sha1(Insecure.SHA1)
    }
    private var hasher: Hasher

    /// - Parameter size: Bytes of the whole content.
    init(_ kind: Kind, size: Int) {
        switch kind {
        case .sha256: hasher = .sha256(SHA256())
        case .gitBlob:
            var sha1 = Insecure.SHA1()
            sha1.update(data: Array("blob \(size)\0".utf8))
            hasher = .sha1(sha1)
        }
    }

    mutating func update(_ bytes: UnsafeRawBufferPointer) {
        switch hasher {
        case .sha256(var own):
            own.update(bufferPointer: bytes)
            hasher = .sha256(own)
        case .sha1(var own):
            own.update(bufferPointer: bytes)
            hasher = .sha1(own)
        }
    }

    /// Hexadecimal digits, in lower case.
    func finish() -> String {
        switch hasher {
        case .sha256(let own): Self.hex(own.finalize())
        case .sha1(let own): Self.hex(own.finalize())
        }
    }

    private static func hex(_ digest: some Sequence<UInt8>) -> String {
        digest.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    /// The hash of a file, read in pieces.
    ///
    /// - Parameter isCancelled: Where it says so what comes back is of a part only.
    /// - Throws: ``HubError/file(path:reason:)``.
    static func of(
        _ file: String, _ kind: Kind, isCancelled: () -> Bool = { false }
    ) throws(HubError) -> String {
        let handle = try FileDescriptor(file, .read, followsLinks: true)
        var hash = ContentHash(kind, size: try handle.size())
        try handle.forEachPiece(isCancelled: isCancelled) { hash.update($0) }
        return hash.finish()
    }
}
