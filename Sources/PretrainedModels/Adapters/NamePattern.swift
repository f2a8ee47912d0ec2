import Foundation

/// A regular expression for whole names, in Python's syntax as far as names of modules need it.
///
/// It may come from a file of anybody's, so that a search that takes too long is an error.
struct NamePattern {
    private let expression: NSRegularExpression
    private let text: String
    private let key: String

    private static let lengthLimit = 1 << 16
    /// How often the library may report, after some thousand steps each time, that it is still looking.
    private static let patience = 100

    /// - Parameters:
    ///   - text: The expression.
    ///   - key: The setting that it belongs to, for messages.
    /// - Throws: ``PretrainedModelError/argument(_:)`` for a malformed one.
    init(_ text: String, _ key: String) throws {
        self.text = text
        self.key = key
        guard text.utf8.count <= Self.lengthLimit else {
            throw PretrainedModelError.argument("\(key) has a regular expression of \(text.utf8.count) bytes, too long")
        }
        do {
            // Alone, so that no bracket of the wrapping pairs with one of the expression's.
            _ = try NSRegularExpression(pattern: Self.translated(text))
            expression = try NSRegularExpression(pattern: #"\A(?:"# + Self.translated(text) + #")\z"#)
        } catch {
            throw PretrainedModelError.argument("\(key) has a malformed regular expression, '\(text)'")
        }
    }

    /// Python's named groups.
    private static func translated(_ text: String) -> String { text.replacing("(?P<", with: "(?<") }

    /// - Throws: ``PretrainedModelError/argument(_:)`` where the search takes too long.
    func matches(_ name: String) throws -> Bool { try match(name) != nil }

    /// The number in the group `index`.
    ///
    /// - Throws: ``PretrainedModelError/argument(_:)`` where the search takes too long.
    func index(in name: String) throws -> Int? {
        guard let match = try match(name), let range = Range(match.range(withName: "index"), in: name) else {
            return nil
        }
        return Int(name[range])
    }

    private func match(_ name: String) throws -> NSTextCheckingResult? {
        var result: NSTextCheckingResult?
        var reports = 0
        var isTooLong = false
        expression.enumerateMatches(
            in: name, options: [.reportProgress, .reportCompletion],
            range: NSRange(location: 0, length: name.utf16.count)
        ) { match, flags, stop in
            if flags.contains(.internalError) { isTooLong = true }
            if let match {
                result = match
                stop.pointee = true
                return
            }
            reports += 1
            if reports > Self.patience {
                isTooLong = true
                stop.pointee = true
            }
        }
        guard !isTooLong else {
            throw PretrainedModelError.argument("\(key): the regular expression '\(text)' takes too long on '\(name)'")
        }
        return result
    }
}
