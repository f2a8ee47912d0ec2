/// A SentencePiece file: its pieces and what of its settings matters here.
struct SentencePieceModel {
    enum PieceType: UInt64 {
        case normal = 1
        case unknown, control, userDefined, unused, byte
    }

    struct Piece {
        var text = ""
        var score = 0.0
        var type = PieceType.normal
    }

    enum ModelType: UInt64 {
        case unigram = 1
        case bpe, word, char
    }

    private(set) var pieces: [Piece] = []
    private(set) var modelType = ModelType.unigram
    private(set) var byteFallback = false
    private(set) var unkId = 0
    private(set) var bosId = 1
    private(set) var eosId = 2
    private(set) var unkPiece = "<unk>"
    private(set) var bosPiece = "<s>"
    private(set) var eosPiece = "</s>"
    /// How text is normalized; empty where it is not.
    private(set) var characterMap: [UInt8] = []

    /// - Parameter path: the file's name in error messages.
    init(_ data: [UInt8], path: String) throws(TokenizerError) {
        do {
            var reader = ProtobufReader(data, 0..<data.count)
            while let (number, value) = try reader.next() {
                guard case .bytes(let range) = value else { continue }
                switch number {
                case 1: pieces.append(try Self.piece(data, range))
                case 2: try readTrainerSettings(data, range)
                case 3: try readNormalizerSettings(data, range)
                default: break
                }
            }
        } catch {
            throw .invalidFile(
                path: path, place: "byte \(error.position)", reason: "is no SentencePiece model (\(error.reason))")
        }
        guard !pieces.isEmpty else {
            throw .invalidFile(path: path, place: "", reason: "is no SentencePiece model (there are no pieces)")
        }
        guard pieces.count <= Vocabulary.idLimit else {
            throw .invalidFile(path: path, place: "", reason: "too many pieces (\(pieces.count))")
        }
    }

    private static func piece(_ data: [UInt8], _ range: Range<Int>) throws(ProtobufReader.Failure) -> Piece {
        var piece = Piece()
        var reader = ProtobufReader(data, range)
        while let (number, value) = try reader.next() {
            switch (number, value) {
            case (1, .bytes(let range)): piece.text = try string(data, range)
            case (2, .fixed32(let bits)):
                let score = Float(bitPattern: bits)
                guard score.isFinite else {
                    throw ProtobufReader.Failure(position: range.lowerBound, reason: "the score of a piece is \(score)")
                }
                piece.score = Double(score)
            case (3, .varint(let raw)): piece.type = PieceType(rawValue: raw) ?? piece.type
            default: break
            }
        }
        return piece
    }

    private mutating func readTrainerSettings(
        _ data: [UInt8], _ range: Range<Int>
    ) throws(ProtobufReader.Failure) {
        var reader = ProtobufReader(data, range)
        while let (number, value) = try reader.next() {
            switch (number, value) {
            case (3, .varint(let raw)): modelType = ModelType(rawValue: raw) ?? modelType
            case (35, .varint(let raw)): byteFallback = raw != 0
            case (40, .varint(let raw)): unkId = Self.integer(raw)
            case (41, .varint(let raw)): bosId = Self.integer(raw)
            case (42, .varint(let raw)): eosId = Self.integer(raw)
            case (45, .bytes(let range)): unkPiece = try Self.string(data, range)
            case (46, .bytes(let range)): bosPiece = try Self.string(data, range)
            case (47, .bytes(let range)): eosPiece = try Self.string(data, range)
            default: break
            }
        }
    }

    private mutating func readNormalizerSettings(
        _ data: [UInt8], _ range: Range<Int>
    ) throws(ProtobufReader.Failure) {
        var reader = ProtobufReader(data, range)
        while let (number, value) = try reader.next() {
            if case (2, .bytes(let range)) = (number, value) { characterMap = Array(data[range]) }
        }
    }

    /// A number of 32 bits, which may be negative.
    private static func integer(_ raw: UInt64) -> Int { Int(Int32(truncatingIfNeeded: raw)) }

    private static func string(_ data: [UInt8], _ range: Range<Int>) throws(ProtobufReader.Failure) -> String {
        guard let string = String(validating: data[range], as: UTF8.self) else {
            throw ProtobufReader.Failure(position: range.lowerBound, reason: "a string is not valid UTF-8")
        }
        return string
    }
}
