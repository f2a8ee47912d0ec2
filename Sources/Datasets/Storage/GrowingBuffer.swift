internal import Foundation

/// Memory that grows while a column is written and is then handed to Arrow, which frees it by `free`.
final class GrowingBuffer<Element: BitwiseCopyable> {
    private(set) var count = 0
    private var capacity = 0
    private var memory: UnsafeMutablePointer<Element>?

    deinit { free(memory) }

    func append(_ element: Element) {
        reserve(1)
        memory?[count] = element
        count += 1
    }

    func append(contentsOf elements: UnsafeBufferPointer<Element>) {
        guard let start = elements.baseAddress, !elements.isEmpty else { return }
        reserve(elements.count)
        (memory.map { $0 + count })?.update(from: start, count: elements.count)
        count += elements.count
    }

    subscript(index: Int) -> Element {
        get { pointer[index] }
        set { pointer[index] = newValue }
    }

    /// Gives the memory away and starts anew.
    func take() -> UnsafeMutablePointer<Element>? {
        defer { (memory, count, capacity) = (nil, 0, 0) }
        return memory
    }

    private var pointer: UnsafeMutablePointer<Element> {
        guard let memory else { fatalError("empty buffer read") }
        return memory
    }

    private func reserve(_ extra: Int) {
        guard count + extra > capacity else { return }
        capacity = max(count + extra, capacity * 2, 64)
        guard let larger = realloc(memory, capacity * MemoryLayout<Element>.stride) else {
            fatalError("out of memory for \(capacity) values of a column")
        }
        memory = larger.bindMemory(to: Element.self, capacity: capacity)
    }
}

/// A bitmap as Arrow's: least significant bit first.
struct GrowingBitmap {
    private let bytes = GrowingBuffer<UInt8>()
    private(set) var count = 0

    mutating func append(_ bit: Bool) {
        if count & 7 == 0 { bytes.append(0) }
        if bit { bytes[count >> 3] |= 1 << UInt8(count & 7) }
        count += 1
    }

    mutating func append(repeating bit: Bool, count extra: Int) {
        for _ in 0..<extra { append(bit) }
    }

    mutating func take() -> (memory: UnsafeMutablePointer<UInt8>?, size: Int) {
        let size = bytes.count
        count = 0
        return (bytes.take(), size)
    }
}
