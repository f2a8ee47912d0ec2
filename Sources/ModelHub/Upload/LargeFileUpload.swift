import Foundation
import OrderedJSON
import Synchronization

extension HfApi {
    private static let uploadsAtOnce = 5

    /// Brings files into LFS storage that it does not have yet.
    ///
    /// - Returns: The additions, those of LFS with their hash.
    func uploadLargeFiles(
        _ additions: [Addition], _ target: CommitTarget, _ progress: TransferProgressHandler?
    ) async throws -> [Addition] {
        var additions = additions
        let large = additions.indices.filter { additions[$0].mode == .lfs && !additions[$0].isIgnored }
        let named = additions
        let hashes = try await inParallel(large) { index in
            try await BlockingWork.run { try named[index].hash(.sha256, isCancelled: $0) }
        }
        for (index, hash) in zip(large, hashes) { additions[index].sha256 = hash }
        let uploads = large.map { additions[$0] }.filter { $0.sha256 != $0.remoteName }
        let tally = TransferTally(
            files: uploads.count, bytes: uploads.reduce(0) { $0.saturatingAdd($1.size) }, progress)
        tally.begin()
        for start in stride(from: 0, to: uploads.count, by: Self.batchSize) {
            let batch = Array(uploads[start..<min(start + Self.batchSize, uploads.count)])
            let actions = try await askActions(batch, target)
            // The same content may stand under several names.
            var seen: Set<String> = []
            let jobs = batch.filter { seen.insert($0.sha256 ?? "").inserted }
            _ = try await inParallel(jobs) { addition in
                if let action = actions[addition.sha256 ?? ""] ?? nil {
                    try await LargeFileUpload(
                        api: self, addition: addition, action: action, target: target, tally: tally
                    )
                    .run()
                } else {
                    tally.add(bytes: addition.size)
                }
                tally.finishFile()
            }
        }
        return additions
    }

    /// By hash: what to do; nil where storage has the content.
    private func askActions(_ batch: [Addition], _ target: CommitTarget) async throws -> [String: JSONValue?] {
        let url = try client.endpoint.lfsBatch(target.id, target.type)
        let payload: JSONValue = [
            "operation": "upload", "transfers": ["basic", "multipart"],
            "objects": .array(batch.map { ["oid": .string($0.sha256 ?? ""), "size": .int($0.size)] }),
            "hash_algo": "sha256", "ref": ["name": .string(target.revision.description)],
        ]
        let answer = try await client.post(
            payload, to: url, about: target.subject, timeout: environment.downloadTimeout, persistently: true,
            contentType: "application/vnd.git-lfs+json")
        func malformed(_ reason: String) -> HubError { .malformedAnswer(url: url.forMessages, reason: reason) }
        guard let objects = answer["objects"]?.arrayValue else { throw malformed("it lists no objects") }
        var actions: [String: JSONValue?] = [:]
        for object in objects {
            guard let oid = object["oid"]?.stringValue else { throw malformed("an object has no oid") }
            if let error = object["error"], error != .null {
                let name = batch.first { $0.sha256 == oid }?.path.description ?? oid
                throw malformed("\(name) is refused: \(client.redacted(error["message"]?.stringValue ?? "no reason"))")
            }
            let own = object["actions"].flatMap { $0 == .null ? nil : $0 }
            actions[oid] = .some(own)
        }
        for addition in batch where actions[addition.sha256 ?? ""] == nil {
            throw malformed("it leaves out \(addition.path)")
        }
        return actions
    }

    /// Does work a few at a time; results in order.
    private func inParallel<Item: Sendable, Output: Sendable>(
        _ items: [Item], _ work: @escaping @Sendable (Item) async throws -> Output
    ) async throws -> [Output] {
        try await withThrowingTaskGroup(of: (Int, Output).self) { group in
            var results = [Output?](repeating: nil, count: items.count)
            for (index, item) in items.enumerated() {
                if index >= Self.uploadsAtOnce, let (done, output) = try await group.next() { results[done] = output }
                group.addTask { (index, try await work(item)) }
            }
            for try await (done, output) in group { results[done] = output }
            return results.compactMap { $0 }
        }
    }
}

/// One file's way into LFS storage: whole, or in parts, as the server says.
struct LargeFileUpload {
    let api: HfApi
    let addition: Addition
    let action: JSONValue
    let target: CommitTarget
    let tally: TransferTally

    /// Parts are sent from memory.
    private static let longestPart = 1 << 30
    private static let silence = 120

    func run() async throws {
        guard let upload = action["upload"], upload != .null else { return tally.add(bytes: addition.size) }
        let place = try address(upload)
        let header = upload["header"]?.objectValue ?? [:]
        if let size = header["chunk_size"] {
            try await sendParts(header, size, completion: place)
        } else {
            let body: HubRequest.Body =
                switch addition.source {
                case .file(let file): .file(file)
                case .content(let data): .data(data)
                }
            _ = try await put(body, place)
        }
        guard let verify = action["verify"], verify != .null else { return }
        let payload: JSONValue = ["oid": .string(addition.sha256 ?? ""), "size": .int(addition.size)]
        try await post(payload, try address(verify), contentType: "application/json")
    }

    private func sendParts(_ header: JSONObject, _ size: JSONValue, completion: URL) async throws {
        guard let size = size.intValue ?? size.stringValue.flatMap({ Int($0) }), size >= 1, size <= Self.longestPart
        else { throw malformed("the size of a part is \(size.serialized())") }
        var parts: [(number: Int, url: String)] = []
        for (name, url) in header.members {
            guard !name.isEmpty, name.utf8.allSatisfy({ 0x30...0x39 ~= $0 }), let number = Int(name) else { continue }
            parts.append((number, url.stringValue ?? ""))
        }
        parts.sort { $0.number < $1.number }
        guard parts.count == (addition.size + size - 1) / size else {
            throw malformed("\(parts.count) parts of \(size) bytes do not make \(addition.size)")
        }
        var names: [JSONValue] = []
        for (index, part) in parts.enumerated() {
            let range = index * size..<min((index + 1) * size, addition.size)
            let answer = try await put(.data(try addition.bytes(range)), try address(["href": .string(part.url)]))
            guard let etag = answer.head["etag"], !etag.isEmpty else {
                throw malformed("part \(index + 1) got no name")
            }
            names.append(["partNumber": .int(index + 1), "etag": .string(etag)])
        }
        try await post(
            ["oid": .string(addition.sha256 ?? ""), "parts": .array(names)], completion,
            contentType: "application/vnd.git-lfs+json")
    }

    private func put(_ body: HubRequest.Body, _ url: URL) async throws -> HubAnswer {
        var request = HubRequest(.put, url, timeout: Self.silence)
        request.body = body
        let sent = SentBytes(tally)
        request.sent = { sent.add($0) }
        let sink = BodyCollector(limit: 1 << 20, url: url)
        return try await api.client.sendPersistently(request, about: nil, to: sink) { sent.forget() }
    }

    private func post(_ value: JSONValue, _ url: URL, contentType: String) async throws {
        var request = HubRequest(.post, url, timeout: Self.silence)
        request.body = .data(Data(value.serializedBytes(.compact)))
        request.headers = [("Content-Type", contentType), ("Accept", contentType)]
        let sink = BodyCollector(limit: 1 << 20, url: url)
        _ = try await api.client.sendPersistently(request, about: target.subject, to: sink)
    }

    private func address(_ action: JSONValue) throws(HubError) -> URL {
        let endpoint = api.client.endpoint
        guard let href = action["href"]?.stringValue, let url = URL(string: endpoint.own(href)),
            let origin = Origin(url)
        else { throw malformed("it says no address to send to") }
        if endpoint.origin.scheme == "https", origin.scheme != "https" {
            throw malformed("files would be sent over http")
        }
        return url
    }

    private func malformed(_ reason: String) -> HubError {
        .malformedAnswer(
            url: (try? api.client.endpoint.lfsBatch(target.id, target.type))?.forMessages ?? target.id.description,
            reason: "\(addition.path): \(reason)")
    }
}

/// What of one body has been sent, told to the tally.
private final class SentBytes: Sendable {
    private let tally: TransferTally
    private let count = Mutex(0)

    init(_ tally: TransferTally) { self.tally = tally }

    func add(_ bytes: Int) {
        count.withLock { $0 += bytes }
        tally.add(bytes: bytes)
    }

    /// Before it is sent again.
    func forget() {
        let bytes = count.withLock { count in
            defer { count = 0 }
            return count
        }
        tally.add(bytes: -bytes)
    }
}
