import Testing
import Training

struct SlurmNodeListTests {
    @Test(arguments: [
        ("node1", ["node1"]),
        ("node[01-03,07],other", ["node01", "node02", "node03", "node07", "other"]),
        ("n[9-11]", ["n9", "n10", "n11"]),
        ("r[1-2]n[01-02]-ib", ["r1n01-ib", "r1n02-ib", "r2n01-ib", "r2n02-ib"]),
        ("a,b-1,c[5]", ["a", "b-1", "c5"]),
    ])
    func expands(_ list: String, _ nodes: [String]) throws {
        #expect(try SlurmNodeList.expand(list) == nodes)
    }

    @Test(arguments: [
        ("", "a name is empty"), ("a,,b", "a name is empty"), ("n[1-2", "a bracket is not closed"),
        ("n1]", "a bracket closes that none opened"), ("n[[1]]", "a bracket stands inside another"),
        ("n[]", "'' is no number and no range of numbers"),
        ("n[1-2-3]", "'1-2-3' is no number and no range of numbers"),
        ("n[a]", "'a' is no number and no range of numbers"), ("n[3-1]", "the range 3-1 runs backwards"),
        ("n[1-99999999999999999999]", "'1-99999999999999999999' is no number and no range of numbers"),
        ("n[0-9223372036854775807]", "it names more than 100000 machines"),
        ("n[1-9999]x[1-9999]", "it names more than 100000 machines"),
    ])
    func refuses(_ list: String, _ reason: String) {
        let error = #expect(throws: LaunchError.self) { try SlurmNodeList.expand(list) }
        #expect(error?.description == "the list of machines '\(list)' cannot be read: \(reason)")
    }

    @Test func survivesAnything() {
        var generator = SystemRandomNumberGenerator()
        let letters = Array("n019[]-,x(")
        for _ in 0..<5_000 {
            let text = String((0..<Int.random(in: 0...14, using: &generator)).map { _ in letters.randomElement()! })
            if let nodes = try? SlurmNodeList.expand(text) { #expect(!nodes.isEmpty && !nodes.contains("")) }
        }
    }
}
