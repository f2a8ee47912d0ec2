internal import CArrow

extension ArrowTable {
    typealias TextReading = (
        _ blockSize: Int32, _ result: UnsafeMutablePointer<OpaquePointer?>,
        _ message: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>
    ) -> carrow_status

    /// Calls a reader, with larger blocks as long as a row is longer than one.
    static func retryingWithLargerBlocks(size: Int, _ read: TextReading) throws(ArrowFailure) -> ArrowTable {
        var block = 1 << 20
        while true {
            var table: OpaquePointer?
            do {
                try ArrowFailure.check { read(Int32(clamping: block), &table, $0) }
            } catch let failure
                where failure.status == CARROW_ROW_EXCEEDS_BLOCK && block < Int(Int32.max) && block < size
            {
                block *= 16
                continue
            }
            guard let table else { throw ArrowFailure(status: CARROW_FAILED, message: "no table was read") }
            return try ArrowTable(adopting: table)
        }
    }
}
