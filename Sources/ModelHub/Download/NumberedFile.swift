import Foundation

/// One of several files that hold one split: `data/train-00000-of-00002.parquet`.
struct NumberedFile: Hashable {
    private let beginning: Substring
    private let ending: Substring
    /// How many there are.
    private let count: Int
    private static let digits = 5

    /// nil: another name.
    private init?(_ name: String) {
        guard let middle = name.range(of: "-of-", options: .backwards) else { return nil }
        let number = name[..<middle.lowerBound].suffix(Self.digits)
        let total = name[middle.upperBound...].prefix(Self.digits)
        beginning = name[..<middle.lowerBound].dropLast(Self.digits)
        ending = name[middle.upperBound...].dropFirst(Self.digits)
        guard
            [number, total].allSatisfy({
                $0.count == Self.digits && $0.allSatisfy { digit in ("0"..."9").contains(digit) }
            }),
            beginning.hasSuffix("-"), ending.isEmpty || ending.hasPrefix("."),
            let place = Int(number), let count = Int(total), (0..<count).contains(place)
        else { return nil }
        self.count = count
    }

    private var all: [String] {
        func text(_ number: Int) -> String { String("\(100_000 + number)".dropFirst()) }
        return (0..<count).map { "\(beginning)\(text($0))-of-\(text(count))\(ending)" }
    }

    /// The names that the numbers in other names say there should be.
    static func lacking(in names: [String]) -> [String] {
        // Each set of files once, for there may be thousands of them.
        Set(Set(names.compactMap(NumberedFile.init)).flatMap(\.all)).subtracting(names).sorted()
    }
}
