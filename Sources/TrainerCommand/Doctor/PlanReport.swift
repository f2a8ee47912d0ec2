import Foundation
import OrderedJSON
import SwiftTrainer

/// A plan in words, and as JSON.
extension ScalingPlan {
    var lines: [String] {
        let costs = model.costs
        let link = model.interconnect.between
        var lines = [
            "one rank       \(Self.time(costs.total)) for a step of \(costs.samples) rows: forward "
                + "\(Self.time(costs.forward)), backward \(Self.time(costs.backward))"
                + (costs.microBatches > 1 ? " (\(costs.microBatches) times)" : "")
                + ", optimizer and the rest \(Self.time(costs.update))",
            "gradients      \(Self.size(model.buckets.bytes)) of \(parameters) parameters, in "
                + "\(model.buckets.buckets.count) messages",
            "link           \(Self.number(link.bytesPerSecond * 8 / 1e9)) Gbit/s, "
                + "\(Self.number(link.latency * 1e6)) µs\(isLinkMeasured ? ", in part measured within this machine" : "")",
            "", "   ranks        step   rows/s   speed-up   efficiency   exchange   hidden",
        ]
        for prediction in predictions {
            let hidden = prediction.hiddenShare.map { Self.percent($0) } ?? "-"
            lines.append(
                Self.left("\(prediction.ranks)", 8) + Self.left(Self.time(prediction.stepSeconds), 12)
                    + Self.left(Self.number(prediction.samplesPerSecond), 9)
                    + Self.left(Self.number(prediction.speedUp), 11)
                    + Self.left(Self.percent(prediction.efficiency), 13)
                    + Self.left(prediction.ranks > 1 ? Self.time(prediction.exchangeSeconds) : "-", 11)
                    + Self.left(hidden, 9))
        }
        return lines + ["", verdict] + notes
    }

    private var verdict: String {
        guard let limit = model.limit() else {
            return "It scales as far as a million ranks: each does at least half of what one alone does."
        }
        return "It stops scaling at \(limit) ranks: from there on each does less than half of what one alone does."
    }

    private var notes: [String] {
        var notes = [
            "Each rank has as many rows as one has here, so that the rows of a step grow with the ranks.",
            "hidden: the share of the exchange of gradients that passes while the backward pass goes on.",
        ]
        if isLinkMeasured {
            notes.append(
                "A network between machines is slower than a machine within itself: give --link-gbps and --link-latency-us."
            )
        }
        if !model.hasSpareProcessors {
            notes.append(
                "No processor is left for the exchange, so that sending holds up computing; fewer threads "
                    + "(OMP_NUM_THREADS) would leave one.")
        }
        return notes
    }

    var json: JSONValue {
        let costs = model.costs
        func link(_ link: NetworkLink) -> JSONValue {
            [
                "gbps": .double(link.bytesPerSecond * 8 / 1e9), "latency_us": .double(link.latency * 1e6),
                "processor_seconds_per_gb": .double(link.processorSecondsPerByte * 1e9),
            ]
        }
        return [
            "step": [
                "seconds": .double(costs.total), "forward_seconds": .double(costs.forward),
                "backward_seconds": .double(costs.backward), "update_seconds": .double(costs.update),
                "micro_batches": .int(costs.microBatches), "rows": .int(costs.samples),
            ],
            "parameters": .int(parameters),
            "messages": .array(
                model.buckets.buckets.map { ["bytes": .int($0.bytes), "ready_at": .double($0.readyAt)] }),
            "link_inside": link(model.interconnect.inside), "link_between": link(model.interconnect.between),
            "ranks_per_node": .int(model.interconnect.ranksPerNode),
            "all_reduce": .string(model.interconnect.algorithm.rawValue),
            "spare_processors": .bool(model.hasSpareProcessors),
            "ranks": .array(
                predictions.map {
                    [
                        "ranks": .int($0.ranks), "step_seconds": .double($0.stepSeconds),
                        "samples_per_second": .double($0.samplesPerSecond), "speed_up": .double($0.speedUp),
                        "efficiency": .double($0.efficiency), "exchange_seconds": .double($0.exchangeSeconds),
                        "hidden_share": $0.hiddenShare.map { .double($0) } ?? .null,
                    ]
                }),
            "stops_scaling_at": model.limit().map { .int($0) } ?? .null,
        ]
    }

    // MARK: Numbers

    static func time(_ seconds: Double) -> String {
        switch seconds {
        case 100...: "\(Int(seconds.rounded())) s"
        case 1...: String(format: "%.2f s", seconds)
        case 0.001...: String(format: "%.1f ms", seconds * 1000)
        default: String(format: "%.0f µs", seconds * 1e6)
        }
    }

    static func number(_ value: Double) -> String {
        value >= 100 ? "\(Int(value.rounded()))" : String(format: value >= 10 ? "%.1f" : "%.2f", value)
    }

    static func percent(_ share: Double) -> String { String(format: "%.1f %%", share * 100) }

    static func size(_ bytes: Int) -> String {
        bytes >= 1 << 30
            ? String(format: "%.2f GiB", Double(bytes) / Double(1 << 30))
            : String(format: "%.1f MiB", Double(bytes) / Double(1 << 20))
    }

    private static func left(_ text: String, _ width: Int) -> String {
        String(repeating: " ", count: max(1, width - text.count)) + text
    }
}
