public import Foundation

/// A date, a time of the day, a time stamp or a duration, exactly as it is stored: a number of its type's unit.
public struct TemporalValue: Sendable, Hashable {
    /// One of the types for which ``FeatureType/isTemporal`` holds.
    public let type: FeatureType
    /// Days for `date32`, milliseconds for `date64`, otherwise the type's ``TimeUnit``; since 1970-01-01 for dates and
    /// time stamps, since midnight for times.
    public let rawValue: Int

    /// - Throws: ``DatasetError/invalidArgument(name:problem:)`` where `type` is none of dates and times.
    public init(type: FeatureType, rawValue: Int) throws {
        guard type.isTemporal else {
            throw DatasetError.invalidArgument(name: "type", problem: "\(type) is no date or time")
        }
        self.init(temporal: type, rawValue: rawValue)
    }

    init(temporal type: FeatureType, rawValue: Int) {
        self.type = type
        self.rawValue = rawValue
    }

    /// How many of the raw value's unit make up a second; nil for days.
    private var perSecond: Int? {
        switch type {
        case .date64: 1000
        case .time32(let unit), .time64(let unit), .timestamp(let unit, _), .duration(let unit): unit.perSecond
        default: nil
        }
    }

    /// The value in seconds: since 1970-01-01, since midnight, or of the duration.
    public var seconds: Double { perSecond.map { Double(rawValue) / Double($0) } ?? Double(rawValue) * 86_400 }

    /// The instant of a date or time stamp, taken as UTC; nil for times and durations.
    public var date: Date? {
        switch type {
        case .date32, .date64, .timestamp: Date(timeIntervalSince1970: seconds)
        default: nil
        }
    }

    /// A date or time stamp in milliseconds since 1970, rounded down; nil for times and durations, and beyond 64 bits.
    var milliseconds: Int? {
        switch type {
        case .date32:
            let (value, overflow) = rawValue.multipliedReportingOverflow(by: 86_400_000)
            return overflow ? nil : value
        case .date64: return rawValue
        case .timestamp(let unit, _):
            guard unit.perSecond < 1000 else { return rawValue.flooredQuotient(unit.perSecond / 1000).quotient }
            let (value, overflow) = rawValue.multipliedReportingOverflow(by: 1000)
            return overflow ? nil : value
        default: return nil
        }
    }

    /// As pandas writes it to CSV: time stamps always with their fraction.
    var csvText: String {
        guard case .timestamp = type, !description.contains(".") else { return description }
        let zone = description.hasSuffix("+00:00") ? "+00:00" : ""
        return description.dropLast(zone.count) + ".000000" + zone
    }

    /// The same in another unit, for a column of `type`; nil where that would lose a part, or overflow.
    func converted(to type: FeatureType) -> Int? {
        if type == self.type { return rawValue }
        switch (self.type, type) {
        case (.timestamp(_, let zone), .timestamp(_, let other)) where (zone == nil) == (other == nil): break
        case (.time32, .time32), (.time32, .time64), (.time64, .time32), (.time64, .time64), (.duration, .duration),
            (.date32, .date64), (.date64, .date32):
            break
        default: return nil
        }
        let (own, other) = (unitsPerBase, TemporalValue(temporal: type, rawValue: 0).unitsPerBase)
        if own >= other { return rawValue % (own / other) == 0 ? rawValue / (own / other) : nil }
        let (value, overflow) = rawValue.multipliedReportingOverflow(by: other / own)
        return overflow ? nil : value
    }

    /// How many of the unit make up a day, of dates, or a second.
    private var unitsPerBase: Int {
        switch type {
        case .date32: 1
        case .date64: 86_400_000
        default: perSecond ?? 1
        }
    }
}

extension TemporalValue: CustomStringConvertible {
    /// ISO 8601 as Python's `str` writes it: `2024-01-31`, `2024-01-31 08:30:00.250000`, `08:30:00`, `1 day, 0:00:05`.
    public var description: String {
        switch type {
        case .date32: CivilDate(daysSince1970: rawValue).description
        case .date64: CivilDate(daysSince1970: rawValue.flooredQuotient(86_400_000).quotient).description
        case .time32(let unit), .time64(let unit): Self.clock(rawValue, unit)
        case .timestamp(let unit, let timezone):
            Self.instant(rawValue, unit, separator: " ") + (timezone == nil ? "" : "+00:00")
        case .duration(let unit): Self.duration(rawValue, unit)
        default: "\(rawValue)"
        }
    }

    static func instant(_ value: Int, _ unit: TimeUnit, separator: String) -> String {
        let (days, rest) = value.flooredQuotient(unit.perSecond * 86_400)
        return CivilDate(daysSince1970: days).description + separator + clock(rest, unit)
    }

    static func clock(_ value: Int, _ unit: TimeUnit) -> String {
        let (seconds, part) = value.flooredQuotient(unit.perSecond)
        let clock = [seconds / 3600, seconds / 60 % 60, seconds % 60].map { $0.padded(2) }.joined(separator: ":")
        guard part > 0 else { return clock }
        // Microseconds as Python's datetime, and more digits only where they aren't zero.
        let nanoseconds = part * (1_000_000_000 / unit.perSecond)
        return clock + "."
            + (nanoseconds % 1000 == 0 ? (nanoseconds / 1000).padded(6) : nanoseconds.padded(9))
    }

    private static func duration(_ value: Int, _ unit: TimeUnit) -> String {
        let (days, rest) = value.flooredQuotient(unit.perSecond * 86_400)
        var text = clock(rest, unit)
        if text.hasPrefix("0") { text.removeFirst() }
        return days == 0 ? text : "\(days) day\(days == 1 || days == -1 ? "" : "s"), \(text)"
    }
}

/// A day of the proleptic Gregorian calendar.
struct CivilDate: CustomStringConvertible {
    let year: Int
    let month: Int
    let day: Int

    init(daysSince1970 days: Int) {
        // Counted in eras of 400 years from 0000-03-01, so that the leap day ends a year. Days beyond any calendar stop
        // at its ends.
        let shifted = min(max(days, -1 << 40), 1 << 40) + 719_468
        let (era, dayOfEra) = shifted.flooredQuotient(146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    }

    var description: String { "\(year.padded(4))-\(month.padded(2))-\(day.padded(2))" }
}

extension Int {
    /// The quotient rounded down, and the remainder, which is never negative.
    fileprivate func flooredQuotient(_ divisor: Int) -> (quotient: Int, remainder: Int) {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }

    /// At least `width` digits.
    fileprivate func padded(_ width: Int) -> String {
        let digits = String(magnitude)
        return (self < 0 ? "-" : "") + String(repeating: "0", count: Swift.max(0, width - digits.count)) + digits
    }
}
