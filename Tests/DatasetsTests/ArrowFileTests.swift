import Datasets
import Foundation
import Testing

@Suite struct ArrowFileTests {
    private func rows() throws -> Dataset {
        try Dataset.from(dictionary: [
            "text": ["good", "bad", nil, "ü\n"] as [String?],
            "label": [1, 0, 1, 0],
            "ids": [[1, 2, 3], [], [4], [5, 6]] as [[Int32]],
            "nested": [.list([.ints([1]), .ints([])]), .null, .list([]), .list([.null])] as [CellValue],
            "point": [
                .structure(StructureValue([("x", 1), ("y", "a")])), .null, .structure(StructureValue([("x", 2)])),
                .structure(StructureValue([("z", true)])),
            ] as [CellValue],
        ]).castColumn("label", to: ClassLabel(names: ["neg", "pos"]))
    }

    @Test func whatIsWrittenIsReadBack() throws {
        let folder = try TemporaryFolder()
        let path = folder.url.appendingPathComponent("rows.arrow").path
        let rows = try rows()
        let writer = try ArrowFileWriter(path: path, features: rows.features)
        try writer.append(rows)
        try writer.append(rows.select([3, 1, 1]))
        try writer.append(rows.select(1..<3))
        try writer.close()
        #expect(writer.numRows == 9)
        let read = try Dataset.fromArrow(path)
        #expect(read.features == rows.features)
        #expect(read.numRows == 9)
        let order = [0, 1, 2, 3, 3, 1, 1, 1, 2]
        for (row, place) in zip(read, order) {
            #expect(row.values.map(\.value) == rows[place].values.map(\.value))
        }
        let ids: [[Int32]] = try read.column("ids")
        #expect(ids == [[1, 2, 3], [], [4], [5, 6], [5, 6], [], [], [], [4]])
        #expect(read.sourceLocation(ofRow: 2) == SourceLocation(file: path, line: nil))
    }

    @Test func severalFilesFollowOneAnother() throws {
        let folder = try TemporaryFolder()
        let rows = try rows()
        var paths: [String] = []
        for part in 0..<3 {
            let path = folder.url.appendingPathComponent("part-\(part).arrow").path
            let writer = try ArrowFileWriter(path: path, features: rows.features)
            try writer.append(rows.select([part]))
            try writer.close()
            paths.append(path)
        }
        let read = try Dataset.fromArrow(paths)
        #expect(try read.column("label") == [1, 0, 1])
        #expect(read.sourceLocation(ofRow: 2)?.file == paths[2])
    }

    @Test func columnsMustFit() throws {
        let folder = try TemporaryFolder()
        let rows = try rows()
        let path = folder.url.appendingPathComponent("rows.arrow").path
        let writer = try ArrowFileWriter(path: path, features: rows.features)
        #expect(throws: DatasetError.self) { try writer.append(rows.removeColumn("text")) }
        let other = try rows.removeColumn("label").addColumn("label", ["a", "b", "c", "d"])
        #expect(message(of: { try writer.append(other) })?.contains("column 'label' is string") == true)
        #expect(message(of: { _ = try Dataset.fromArrow(folder.file("no.arrow", "not Arrow at all")) }) != nil)
        #expect(message(of: { _ = try ArrowFileWriter(path: "/nowhere/a.arrow", features: rows.features) }) != nil)
    }
}
