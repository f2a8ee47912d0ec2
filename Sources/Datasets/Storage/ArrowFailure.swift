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
}

/// The version of Arrow C++ that the program runs with, for example `26.0.1`.
public var arrowVersion: String { String(cString: carrow_version()) }
