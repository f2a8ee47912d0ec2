import Foundation
import OrderedJSON
import Training

/// How positions are turned into rotations (Su et al. 2021): `rope_parameters`, or the older `rope_theta` and `rope_scaling`.
public struct RotaryConfiguration: Sendable, Hashable {
    /// How the frequencies are stretched for longer texts (`rope_type`).
    public enum Scaling: Sendable, Hashable {
        case none
        case linear(factor: Double)
        /// Changes with the length of the text.
        case dynamic(factor: Double)
        case llama3(factor: Double, lowFactor: Double, highFactor: Double, originalPositions: Int)
        case yarn(YaRN)
    }

    /// Settings of YaRN (Peng et al. 2023).
    public struct YaRN: Sendable, Hashable {
        public let factor: Double
        public let attentionFactor: Double
        public let betaFast: Double
        public let betaSlow: Double
        public let originalPositions: Int
        public let truncates: Bool
    }

    /// Base of the frequencies.
    public let theta: Double
    /// Numbers of a head that are rotated: all.
    public let dimension: Int
    public let maxPositionEmbeddings: Int
    public let scaling: Scaling

    /// - Parameters:
    ///   - config: The file's values.
    ///   - dimension: Size of a head; even.
    ///   - maxPositionEmbeddings: `max_position_embeddings`.
    /// - Throws: ``PretrainedModelError`` that names file, key and value.
    init(_ config: ModelConfiguration, dimension: Int, maxPositionEmbeddings: Int) throws {
        let key = (config["rope_scaling"]?.objectValue?.isEmpty ?? true) ? "rope_parameters" : "rope_scaling"
        let given = config[key] ?? .null
        guard given == .null || given.objectValue != nil else {
            throw config.invalid(key, given, "an object is expected")
        }
        let inner = ModelConfiguration(given.objectValue ?? JSONObject(), source: "\(config.source): \(key)")
        if inner["full_attention"] != nil || inner["sliding_attention"] != nil {
            throw config.invalid(key, given, "rotations that differ between layers are not supported")
        }
        for source in [inner, config] {
            let part = try source.double("partial_rotary_factor", default: 1, in: 0...1)
            guard part == 1 else {
                throw source.invalid("partial_rotary_factor", .double(part), "only whole heads can be rotated")
            }
        }
        let outerTheta = try config.double("rope_theta", default: 10000, in: 1...1e12)
        theta = try inner.double("rope_theta", default: outerTheta, in: 1...1e12)
        self.dimension = dimension
        self.maxPositionEmbeddings = maxPositionEmbeddings
        scaling = try Scaling(inner, outer: config, maxPositionEmbeddings)
    }
}

extension RotaryConfiguration.Scaling {
    fileprivate init(_ config: ModelConfiguration, outer: ModelConfiguration, _ maxPositions: Int) throws {
        let type = try config.string("rope_type", default: config.string("type", default: "default"))
        func factor() throws -> Double { try config.required("factor", in: 1e-3...1e6) }
        func original() throws -> Int {
            let inner = try config.int("original_max_position_embeddings", default: maxPositions)
            return try outer.int("original_max_position_embeddings", default: inner)
        }
        switch type {
        case "default": self = .none
        case "linear": self = .linear(factor: try factor())
        case "dynamic": self = .dynamic(factor: try factor())
        case "llama3":
            let low = try config.required("low_freq_factor", in: 1e-6...1e6)
            let high = try config.required("high_freq_factor", in: 1e-6...1e6)
            guard high > low else {
                throw config.invalid("high_freq_factor", .double(high), "it must be above low_freq_factor (\(low))")
            }
            self = .llama3(
                factor: try factor(), lowFactor: low, highFactor: high, originalPositions: try original())
        case "yarn": self = .yarn(try RotaryConfiguration.YaRN(config, factor: factor(), original: original()))
        default:
            throw config.invalid(
                "rope_type", .string(type), "supported: default, linear, dynamic, llama3, yarn")
        }
    }
}

extension RotaryConfiguration.YaRN {
    fileprivate init(_ config: ModelConfiguration, factor: Double, original: Int) throws {
        func scale(_ weight: Double) -> Double { factor <= 1 ? 1 : 0.1 * weight * log(factor) + 1 }
        let (numerator, denominator) = (
            try config.double("mscale", default: 0, in: 0...1e6),
            try config.double("mscale_all_dim", default: 0, in: 0...1e6)
        )
        let inferred = numerator > 0 && denominator > 0 ? scale(numerator) / scale(denominator) : scale(1)
        self.factor = factor
        attentionFactor = try config.double("attention_factor", default: inferred, in: 0...1e6)
        betaFast = try config.double("beta_fast", default: 32, in: 1e-6...1e6)
        betaSlow = try config.double("beta_slow", default: 1, in: 1e-6...1e6)
        originalPositions = original
        truncates = config["truncate"]?.boolValue ?? true
    }
}

extension ModelConfiguration {
    /// A number that must be there.
    fileprivate func required(_ key: String, in range: ClosedRange<Double>) throws -> Double {
        guard let value = self[key], value != .null else {
            throw PretrainedModelError.configuration(source, "\(key) is missing")
        }
        return try double(key, default: 0, in: range)
    }
}
