import Foundation
import OrderedJSON
import Testing
import Training

/// Thousands of random sequences against seqeval: scripts/fixtures/tasks/entity_scores.py draws the same.
@Suite struct EntityScoresTests {
    private struct Draws {
        var state: UInt64

        mutating func callAsFunction(_ limit: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % limit
        }
    }

    private func sequences(_ prefixes: String, _ count: Int) -> (right: [[String]], given: [[String]]) {
        var draw = Draws(state: 17)
        let prefixes = Array(prefixes)
        func tag() -> String {
            if draw(3) == 0 { return "O" }
            let prefix = prefixes[draw(prefixes.count)]
            return "\(prefix)-\(["PER", "LOC", "A-B", "MISC"][draw(4)])"
        }
        var (right, given) = ([[String]](), [[String]]())
        for _ in 0..<count {
            var tags: [String] = []
            for _ in 0..<1 + draw(12) {
                if let last = tags.last, last != "O", draw(2) == 0 {
                    tags.append("I" + last.dropFirst())
                } else {
                    tags.append(tag())
                }
            }
            right.append(tags)
            given.append(tags.map { draw(4) > 0 ? $0 : tag() })
        }
        return (right, given)
    }

    @Test(arguments: [
        ("IOB1", "IB"), ("IOB2", "IB"), ("IOE1", "IE"), ("IOE2", "IE"), ("IOBES", "IBES"), ("BILOU", "BILU"),
    ])
    func equalsSeqeval(_ name: String, _ prefixes: String) throws {
        let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "Fixtures/entity_scores.json")
        let python = try #require(try JSONValue(parsing: Data(contentsOf: file))[name])
        let (right, given) = sequences(prefixes, 2000)
        for mode in ["default", "strict"] {
            let report = try EntityReport(
                predictions: given, references: right, scheme: mode == "strict" ? TaggingScheme(rawValue: name) : nil)
            let wanted = try #require(python[mode]?.objectValue)
            var scores = report.types.map { ($0.type, $0.scores) }
            scores += [("micro avg", report.micro), ("macro avg", report.macro), ("weighted avg", report.weighted)]
            #expect(scores.map { $0.0 } == wanted.keys)
            for (type, score) in scores {
                let numbers = [score.precision, score.recall, score.fscore, Double(score.support)]
                let want = wanted[type]?.arrayValue?.compactMap(\.doubleValue) ?? []
                #expect(
                    numbers.count == want.count && zip(numbers, want).allSatisfy { abs($0 - $1) < 1e-12 },
                    "\(mode), \(type): \(numbers), \(want)")
            }
            #expect(abs(report.accuracy - (python["accuracy"]?.doubleValue ?? 0)) < 1e-12)
        }
    }
}
