import Foundation
import FuzzSupport
import LocalFiles
@testable import ModelHub
import OrderedJSON
import Synchronization

/// A server whose every answer is made up: statuses, headers and bodies of downloads and uploads.
///
/// An input is the first byte, which says what is asked, and answers one after the other: a line with the status, lines with
/// headers, an empty line, the body; a line `%%` ends it.
let folder = makeFolder()
let outside = folder.appending(path: "outside")
let cache = folder.appending(path: "in/cache")
let source = folder.appending(path: "source")
try FileManager.default.createDirectory(at: outside, withIntermediateDirectories: true)
try FileManager.default.createDirectory(at: source, withIntermediateDirectories: true)
try Data(repeating: 0, count: 3000).write(to: source.appending(path: "model.bin"))
try Data("# card".utf8).write(to: source.appending(path: "README.md"))

final class MadeUpServer: HubTransport {
    private struct Answer {
        var status = 200
        var fields: [String: String] = [:]
        var body = Data()
    }
    private let answers: Mutex<[Answer]>

    init(_ input: [UInt8]) {
        var answers: [Answer] = []
        for part in String(decoding: input, as: UTF8.self).split(separator: "\n%%\n", omittingEmptySubsequences: false)
        {
            var answer = Answer()
            let halves = part.split(separator: "\n\n", maxSplits: 1, omittingEmptySubsequences: false)
            let lines = (halves.first ?? "").split(separator: "\n", omittingEmptySubsequences: false)
            answer.status = lines.first.flatMap { Int($0) } ?? 200
            for line in lines.dropFirst() {
                let pair = line.split(separator: ":", maxSplits: 1)
                if pair.count == 2 { answer.fields[String(pair[0])] = pair[1].trimmingCharacters(in: .whitespaces) }
            }
            if halves.count > 1 { answer.body = Data(halves[1].utf8) }
            answers.append(answer)
        }
        self.answers = Mutex(answers.reversed())
    }

    func send(_ request: HubRequest, to receiver: any HubResponseReceiver) async throws {
        guard let answer = answers.withLock({ $0.popLast() }) else { throw TransportFailure.broken("the end") }
        try receiver.receive(HubResponseHead(status: answer.status, url: request.url, fields: answer.fields))
        if request.method != .head { try receiver.receive(answer.body) }
    }
}

fuzz { input in
    guard let verb = input.first else { return }
    let rest = Array(input.dropFirst())
    try? FileManager.default.removeItem(at: cache)
    let task = BlockingHubTask { () async throws -> Void in
        var patience = RetryPolicy()
        patience.retries = 1
        patience.firstWait = .zero
        patience.longestAsked = .zero
        let api = try HfApi(
            endpoint: "https://hub.test", token: "hf_secret", cacheDir: cache.path,
            environment: HubEnvironment(["HOME": folder.path]), transport: MadeUpServer(rest), retries: patience)
        switch verb % 8 {
        case 0: _ = try await api.snapshotDownload("org/name", maxWorkers: 1)
        case 1: _ = try await api.hfHubDownload("org/name", filename: "config.json")
        case 2: _ = try await api.listRepoTree("org/name")
        case 3: _ = try await api.uploadFolder(source, repoId: "org/name", deletePatterns: ["*"])
        case 4: _ = try await api.createRepo("name", existOk: true)
        case 5: _ = try await PretrainedFolder.find("org/name", .all, api: api)
        case 6:
            let commit = String(repeating: "a", count: 40)
            let place = RepositoryCache(try RepositoryID("org/name"), .model, in: cache)
            try FolderMaker.make(place.folder.appending(path: "trees"))
            try FolderMaker.make(place.folder.appending(path: "snapshots/\(commit)"))
            try Data(rest).write(to: place.folder.appending(path: "trees/\(commit).json"))
            _ = try await api.snapshotDownload("org/name", revision: commit, localFilesOnly: true)
        default:
            let text = String(decoding: rest, as: UTF8.self)
            let halves = text.split(separator: "\n", maxSplits: 1).map(String.init)
            _ = FilePatterns(allow: [halves.first ?? ""]).includes(halves.last ?? "")
            _ = GlobPattern(halves.first ?? "", .path).matches(halves.last ?? "")
            _ = ContentRange(text)
            _ = ETag(header: text)
            if let path = try? RepositoryPath(text) {
                require(!path.parts.contains("..") && !text.hasPrefix("/"), "an unsafe name: \(text)")
            }
            _ = try RepositoryID(text)
        }
    }
    do { try task.wait() } catch {
        require(error is HubError, "an error of another type: \(error)")
        require(!"\(error)".contains("hf_secret"), "the token is in an error: \(error)")
        require(!"\(error)".contains("\n"), "an error of several lines: \(error)")
    }
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    require(Set(names).isSubset(of: ["outside", "in", "source"]), "a file outside the cache: \(names)")
}
