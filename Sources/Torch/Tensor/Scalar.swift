internal import CTorch

/// A number as operators take it; integers, floats and truth values stay apart, since they decide the result's type.
public enum Scalar: Sendable, Hashable, ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral,
    ExpressibleByBooleanLiteral
{
    case int(Int)
    case double(Double)
    case bool(Bool)

    public init(integerLiteral value: Int) { self = .int(value) }
    public init(floatLiteral value: Double) { self = .double(value) }
    public init(booleanLiteral value: Bool) { self = .bool(value) }

    var c: ct_scalar {
        switch self {
        case .int(let value): ct_scalar(kind: 0, i: Int64(value), d: 0)
        case .double(let value): ct_scalar(kind: 1, i: 0, d: value)
        case .bool(let value): ct_scalar(kind: 2, i: value ? 1 : 0, d: 0)
        }
    }

    static func c(_ scalar: Scalar?) -> ct_scalar { scalar?.c ?? ct_scalar(kind: -1, i: 0, d: 0) }
}

/// A Swift number that operators accept in a tensor's place.
public protocol ScalarConvertible {
    var scalar: Scalar { get }
}

extension Scalar: ScalarConvertible { public var scalar: Scalar { self } }
extension Int: ScalarConvertible { public var scalar: Scalar { .int(self) } }
extension Double: ScalarConvertible { public var scalar: Scalar { .double(self) } }
extension Float: ScalarConvertible { public var scalar: Scalar { .double(Double(self)) } }
extension Bool: ScalarConvertible { public var scalar: Scalar { .bool(self) } }

/// Gives `body` the address of the value, or nil.
func withOptional<Value, Result>(_ value: Value?, _ body: (UnsafePointer<Value>?) -> Result) -> Result {
    guard var value else { return body(nil) }
    return withUnsafePointer(to: &value) { body($0) }
}
