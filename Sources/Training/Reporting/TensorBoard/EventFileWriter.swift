public import Foundation
import Synchronization

/// Writes a file that TensorBoard reads, as PyTorch's `SummaryWriter` names and frames it.
///
/// ```swift
/// let writer = try EventFileWriter(folder: URL(filePath: "results/runs/first"))
/// try writer.addScalar("train/loss", 0.25, step: 10)
/// ```
/// Every call writes its records at once, so that TensorBoard shows a run that goes on.
public final class EventFileWriter {
    /// `events.out.tfevents.<seconds>.<host>.<process>.<number>`
    public let file: URL
    private let log: LogFile
    private static let opened = Atomic<Int>(0)

    /// Makes the folder and the file.
    /// - Throws: ``FileOperationError`` where the system refuses.
    public init(folder: URL) throws {
        try DiskFileOperations().createDirectory(folder.path)
        // Several files in the same second get names of their own.
        let number = Self.opened.wrappingAdd(1, ordering: .relaxed).oldValue
        let process = ProcessInfo.processInfo
        let seconds = String(format: "%010d", Int(Date().timeIntervalSince1970))
        file = folder.appending(
            path: "events.out.tfevents.\(seconds).\(process.hostName).\(process.processIdentifier).\(number)")
        log = try LogFile(file.path, .new)
        try write([.fileVersion], step: 0)
    }

    /// Adds a number under a tag; `/` in tags groups them.
    /// - Throws: ``FileOperationError``.
    public func addScalar(_ tag: String, _ value: Double, step: Int) throws {
        try write([.scalar(tag: tag, Float(value))], step: step)
    }

    /// Adds a text, which TensorBoard shows as Markdown.
    /// - Throws: ``FileOperationError``.
    public func addText(_ tag: String, _ text: String, step: Int = 0) throws {
        try write([.text(tag: tag + "/text_summary", text)], step: step)
    }

    /// Writes several entries at once.
    func write(_ contents: [EventRecord.Content], step: Int) throws {
        let now = Date().timeIntervalSince1970
        try log.append(contents.flatMap { EventRecord(content: $0, step: step, wallTime: now).framed })
    }
}
