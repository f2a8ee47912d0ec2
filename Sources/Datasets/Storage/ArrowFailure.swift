internal import CArrow

/// A status of the shim with its message.
struct ArrowFailure: Error {
    let status: carrow_status
    let message: String

    /// Runs a call of the shim, and throws what it reports.
    static func check(
        _ call: (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> carrow_status
    ) throws(ArrowFailure) {
        var text: UnsafeMutablePointer<CChar>?
        let status = call(&text)
        guard status != CARROW_OK else { return }
        let message = text.map { String(cString: $0) } ?? "no message"
        carrow_free_message(text)
        throw ArrowFailure(status: status, message: message)
    }

    /// The failure where nothing better is known than Arrow's own message.
    var asDatasetError: DatasetError {
        .storage(problem: status == CARROW_OUT_OF_MEMORY ? "out of memory" : Excerpt.of(message, limit: 200))
    }

    /// The failure of reading a whole file of Arrow's or Parquet's format.
    func describing(_ path: String) -> DatasetError {
        let text = Excerpt.of(message, limit: 200)
        switch status {
        case CARROW_OUT_OF_MEMORY:
            return .unreadableFile(path: path, problem: "there is not enough memory for what it says it holds")
        case CARROW_UNSUPPORTED:
            return .unsupportedType(path: path, problem: text)
        case CARROW_IO where !message.contains("nvalid"):
            return .unreadableFile(path: path, problem: text)
        default:
            return .malformed(
                location: SourceLocation(file: path, line: nil), column: nil, problem: "the file is damaged: \(text)",
                remedy: "get it again, or write it anew")
        }
    }

    /// The failure of writing `path`.
    func writing(_ path: String) -> DatasetError {
        .unwritableFile(
            path: path, problem: status == CARROW_OUT_OF_MEMORY ? "out of memory" : Excerpt.of(message, limit: 200))
    }
}

/// The version of Arrow C++ that the program runs with, for example `26.0.1`.
public var arrowVersion: String { String(cString: carrow_version()) }
