import Datasets
import Synchronization
import Testing

@Suite struct ParallelMapTests {
    private func rows(_ count: Int) throws -> Dataset { try Dataset.from(dictionary: ["n": Array(0..<count)]) }

    @Test(arguments: [1, 2, 3]) func sameAsSerial(_ threads: Int) throws {
        let shuffled = try rows(3500).shuffle(seed: 4)
        let serial = try shuffled.map { ["double": 2 * (try $0["n"] as Int)] }
        let parallel = try shuffled.map(numProc: threads) { ["double": 2 * (try $0["n"] as Int)] }
        #expect(parallel.columnNames == ["n", "double"])
        #expect(try parallel.column("double") as [Int] == serial.column("double"))
        let mixed = try shuffled.map(removeColumns: ["n"], numProc: threads) { row in
            ["text": "\(row.index)", "list": [row.index]]
        }
        #expect(mixed.columnNames == ["list", "text"])
        #expect(try mixed[3400]["text"] == "3400")
        let batched = try shuffled.map(batched: true, batchSize: 100, removeColumns: ["n"], numProc: threads) { batch in
            ["twice": (try batch["n"] as [Int]).flatMap { [$0, $0] }]
        }
        #expect(batched.numRows == 7000)
        let even = try shuffled.filter(numProc: threads) { try $0["n"] as Int % 2 == 0 }
        #expect(try even.column("n") as [Int] == shuffled.filter { try $0["n"] as Int % 2 == 0 }.column("n"))
        let odd = try shuffled.filter(batched: true, numProc: threads) { try ($0["n"] as [Int]).map { $0 % 2 == 1 } }
        #expect(odd.numRows == 1750)
    }

    @Test func typesSettleLater() throws {
        let many = try rows(3000)
        let late = try many.map(numProc: 2) { row in
            [
                "value": row.index < 2500 ? CellValue.null : .int(row.index),
                "list": row.index < 1200 ? .list([]) : .ints([1]),
            ]
        }
        #expect(late.features["value"] == .int64 && late.features["list"] == .list(.int64))
        #expect(try late[2999]["value"] == 2999)
        #expect(try late[0]["list"] == [] as [Int])
        let numbers = try many.map(numProc: 2) { ["x": $0.index < 1000 ? CellValue.double(0.5) : .int(1)] }
        #expect(try numbers[2000]["x"] == 1.0)
        #expect(
            message { _ = try many.map(numProc: 2) { ["x": $0.index < 2000 ? CellValue.int(1) : .string("a")] } }
                == "row 2000, column 'x' is string where int64 is wanted")
        let narrow = try many.map(
            features: Features([.init(name: "x", type: .int16)]), numProc: 2
        ) { ["x": $0.index] }
        #expect(narrow.features["x"] == .int16)
        #expect(throws: DatasetError.self) {
            try many.map(features: Features([.init(name: "x", type: .int8)]), numProc: 2) { ["x": $0.index] }
        }
    }

    @Test func firstErrorInOrder() throws {
        struct Wrong: Error, Equatable { let row: Int }
        #expect(throws: Wrong(row: 1203)) {
            try rows(5000).map(numProc: 4) { row -> [String: Int] in
                if row.index == 1203 || row.index > 3000 { throw Wrong(row: row.index) }
                return ["x": 1]
            }
        }
        #expect(
            message { _ = try rows(2500).map(numProc: 2) { $0.index < 1500 ? ["a": 1] : ["b": 1] } }?
                .contains("gives the columns [\"b\"] for row 1500") == true)
        for wrong in [0, -1] {
            #expect(throws: DatasetError.self) { try rows(3).map(numProc: wrong) { ["x": $0.index] } }
        }
        #expect(throws: DatasetError.self) {
            try rows(3).map(batched: true, batchSize: 0, numProc: 1) { ["x": $0.map(\.index)] }
        }
        #expect(throws: DatasetError.self) { try rows(3).map(inputColumns: ["q"], numProc: 1) { ["x": $0.index] } }
        #expect(throws: DatasetError.self) { try rows(3).map(removeColumns: ["q"], numProc: 1) { ["x": $0.index] } }
        #expect(throws: DatasetError.self) { try rows(3).map(batched: true, numProc: 1) { _ in ["x": [1]] } }
        #expect(throws: DatasetError.self) { try rows(3).filter(batched: true, numProc: 1) { _ in [true] } }
    }

    @Test func inputColumnsAndProgress() throws {
        let two = try Dataset.from(dictionary: ["a": Array(0..<2200), "b": Array(0..<2200)])
        let reports = Mutex<[DataProgress]>([])
        let mapped = try withDataProgress({ report in reports.withLock { $0.append(report) } }) {
            try two.map(inputColumns: ["b"], numProc: 2, desc: "Add") { row in
                #expect(row.columnNames == ["b"])
                return ["c": try row["b"] as Int + 1]
            }
        }
        #expect(mapped.columnNames == ["a", "b", "c"])
        #expect(reports.withLock { $0.map(\.done) } == [1000, 2000, 2200, 2200])
        #expect(
            reports.withLock { $0.last } == DataProgress(description: "Add", done: 2200, total: 2200, isFinished: true))
    }

    @Test func emptyDataSets() throws {
        let none = try rows(5).take(0)
        #expect(try none.map(numProc: 2) { ["x": $0.index] }.numRows == 0)
        #expect(try none.filter(numProc: 2) { _ in true }.numRows == 0)
        #expect(try rows(5).filter(numProc: 2) { _ in false }.numRows == 0)
    }
}
