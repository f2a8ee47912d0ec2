internal import LocalFiles

/// How much memory the rows of one Arrow or Parquet file may take while it is read. Its own size tells nothing: a column of
/// one value takes a few bytes whatever its length, and so does a damaged length.
enum ReadingMemory {
    /// A bound for readers that are opened in the body of `withValue`; nil: what the machine has to spare.
    @TaskLocal static var limit: Int?

    /// Always allowed, for what is counted as free is an estimate.
    private static let least = 512 << 20

    static var bytes: Int {
        // A part stays for everything else.
        limit ?? max(least, (MachineMemory.now()?.available ?? .max) / 4 * 3)
    }
}
