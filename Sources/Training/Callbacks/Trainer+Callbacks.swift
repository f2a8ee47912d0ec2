extension Trainer {
    /// Adds a callback after those there are. A second one of the same class is warned of, for it is seldom meant. One that
    /// writes a report or shows progress is for rank 0 alone; other ranks leave it out.
    public func addCallback(_ callback: TrainerCallback) {
        guard ranks.isFirst || !(callback is ReportingCallback || callback is ProgressCallback) else { return }
        let name = String(describing: type(of: callback))
        if callbacks.contains(where: { type(of: $0) == type(of: callback) }) {
            let names = callbacks.map { String(describing: type(of: $0)) }.joined(separator: ", ")
            Warnings.warn("a second \(name) is added to the callbacks \(names)")
        }
        callbacks.append(callback)
    }

    /// Removes the first callback of a type, as Python does.
    public func removeCallback<Callback: TrainerCallback>(_ type: Callback.Type) { _ = popCallback(type) }

    /// Removes this callback.
    public func removeCallback(_ callback: TrainerCallback) { callbacks.removeAll { $0 === callback } }

    /// Removes the first callback of a type.
    /// - Returns: The callback; nil where there is none.
    public func popCallback<Callback: TrainerCallback>(_ type: Callback.Type) -> Callback? {
        guard let index = callbacks.firstIndex(where: { $0 is Callback }) else { return nil }
        return callbacks.remove(at: index) as? Callback
    }

    /// In the order of call: what keeps the arguments' strategies, reports, the caller's own, and the progress last.
    func defaultCallbacks(_ own: [TrainerCallback]) -> [TrainerCallback] {
        guard ranks.isFirst else { return [DefaultFlowCallback()] + own + replicaPrinter }
        return [DefaultFlowCallback()] + arguments.reportTo.integrations.map { $0.callback() } + own
            + [progressCallback()]
    }

    /// The first rank of each machine prints its lines where the arguments say so, as in Python.
    private var replicaPrinter: [TrainerCallback] {
        ranks.isLocalFirst && arguments.logOnEachNode ? [PrinterCallback()] : []
    }

    /// The bar on a terminal, plain lines elsewhere.
    private func progressCallback() -> TrainerCallback {
        arguments.disableTqdm ?? !Console.isTerminal ? PrinterCallback() : ProgressCallback()
    }
}

extension ReportingIntegration {
    fileprivate func callback() -> TrainerCallback {
        switch self {
        case .tensorBoard: TensorBoardCallback()
        case .jsonLines: JSONLinesCallback()
        case .csv: CSVCallback()
        case .html: HTMLReportCallback()
        }
    }
}
