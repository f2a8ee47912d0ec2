import Datasets
import Foundation
import Testing

/// GLUE's files as Python's data set `glue` shows them.
@Suite struct GlueTests {
    @Test func cola() throws {
        let folder = try TemporaryFolder()
        _ = try folder.file("train.tsv", "gj04\t1\t\tHe said \"hi.\ngj04\t0\t*\tThem \"went.\n")
        _ = try folder.file("test.tsv", "index\tsentence\n0\tBill whistled.\n")
        let splits = try loadDataset(glue: .cola, folder: folder.url.path)
        #expect(splits.splitNames == ["train", "test"])
        let rows = splits["train"]
        #expect(rows.columnNames == ["sentence", "label", "idx"])
        #expect(try rows.column("sentence") == ["He said \"hi.", "Them \"went."])
        #expect(try rows.column("label") == [1, 0])
        #expect(rows.features["label"] == .classLabel(try ClassLabel(names: ["unacceptable", "acceptable"])))
        #expect(try splits["test"].column("label") == [-1])
        #expect(message { _ = try loadDataset(glue: .mrpc, folder: "/nowhere") }?.contains("it holds none of") == true)
    }

    @Test func namedClasses() throws {
        let folder = try TemporaryFolder()
        let path = try folder.file(
            "dev.tsv", "index\tquestion\tsentence\tlabel\n0\ta\tb\tnot_entailment\n1\tc\td\tentailment\n")
        let rows = try loadDataset(glue: .qnli, folder: folder.url.path)["validation"]
        #expect(try rows.column("label") == [1, 0])
        try "index\tquestion\tsentence\tlabel\n0\ta\tb\tmaybe\n".write(toFile: path, atomically: true, encoding: .utf8)
        let found = message { _ = try loadDataset(glue: .qnli, folder: folder.url.path) }
        #expect(found?.contains("dev.tsv, line 2, column 'label': 'maybe' is none of the classes") == true)
    }

    @Test(
        .enabled(if: TestData.has("data/glue/mrpc/train.tsv")),
        arguments: [
            (GlueTask.cola, "validation", 1043), (.mrpc, "train", 3667), (.stsb, "validation", 1500),
            (.wnli, "train", 635), (.qnli, "validation", 5463), (.sst2, "test", 1821),
        ])
    func shared(_ task: GlueTask, _ split: String, _ count: Int) throws {
        let folder = TestData.shared.appendingPathComponent("data/glue/\(task.rawValue)").path
        let rows = try loadDataset(glue: task, folder: folder)[split]
        #expect(rows.numRows == count)
        #expect(rows.columnNames == task.textColumns + ["label", "idx"])
        try rows.requireColumns(task.textColumns, allowingEmpty: false)
    }
}
