internal import Foundation

/// Memory that grows while a column is written and is then handed to Arrow, which frees it by `free`.
final class GrowingBuffer<Element: BitwiseCopyable> {
    private(set) var count = 0
    private var capacity = 0
    private var memory: UnsafeMutablePointer<Element>?

    deinit { free(memory) }

    /// - Throws: ``DatasetError/storage(problem:)`` where there is no memory left.
    func append(_ element: Element) throws {
        try reserve(1)
        memory?[count] = element
        count += 1
    }

    func append(contentsOf elements: UnsafeBufferPointer<Element>) throws {
        guard let start = elements.baseAddress, !elements.isEmpty else { return }
        try reserve(elements.count)
        (memory.map { $0 + count })?.update(from: start, count: elements.count)
        count += elements.count
    }

    func append(repeating element: Element, count extra: Int) throws {
        guard extra > 0 else { return }
        try reserve(extra)
        (memory.map { $0 + count })?.update(repeating: element, count: extra)
        count += extra
    }

    /// Changes the last element.
    func updateLast(_ change: (inout Element) -> Void) {
        guard let memory, count > 0 else { return }
        change(&memory[count - 1])
    }

    /// Gives the memory away and starts anew.
    func take() -> (memory: UnsafeMutablePointer<Element>?, size: Int) {
        defer { (memory, count, capacity) = (nil, 0, 0) }
        return (memory, count * MemoryLayout<Element>.stride)
    }

    private func reserve(_ extra: Int) throws {
        guard count + extra > capacity else { return }
        let larger = max(count + extra, capacity * 2, 64)
        let (bytes, overflow) = larger.multipliedReportingOverflow(by: MemoryLayout<Element>.stride)
        guard !overflow, let moved = realloc(memory, bytes) else {
            throw DatasetError.storage(problem: "out of memory for \(larger) values of a column")
        }
        memory = moved.bindMemory(to: Element.self, capacity: larger)
        capacity = larger
    }
}

/// A bitmap as Arrow's: least significant bit first.
struct GrowingBitmap {
    private let bytes = GrowingBuffer<UInt8>()
    private(set) var count = 0

    mutating func append(_ bit: Bool) throws {
        if count & 7 == 0 { try bytes.append(0) }
        let mask: UInt8 = 1 << UInt8(count & 7)
        if bit { bytes.updateLast { $0 |= mask } }
        count += 1
    }

    mutating func append(repeating bit: Bool, count extra: Int) throws {
        for _ in 0..<extra { try append(bit) }
    }

    mutating func take() -> (memory: UnsafeMutablePointer<UInt8>?, size: Int) {
        count = 0
        return bytes.take()
    }
}
