public import Foundation

/// A model that has files beside its weights (`config.json`); saved with every checkpoint.
public protocol ModelWithFiles {
    /// Names and contents.
    var modelFiles: [(name: String, contents: Data)] { get }
    /// Files that an earlier model of another kind may have left in the folder, and that are taken away; by default none.
    var obsoleteFiles: [String] { get }
}

extension ModelWithFiles {
    public var obsoleteFiles: [String] { [] }
}
