import OrderedJSON

extension Trainer {
    /// Gives callbacks, and the control flags, what a checkpoint holds for their class, one after the other where there are
    /// several of a class. The checkpoint's callbacks that are not here are named in a warning.
    func restoreCallbacks(_ saved: JSONObject) {
        var missing: [String] = []
        for (name, value) in saved {
            let states = value.arrayValue ?? [value]
            if name == "TrainerControl", let state = states.first {
                control = TrainerControl(state: state)
                continue
            }
            let receivers = callbacks.filter { $0.exportedState?.name == name }
            if receivers.isEmpty { missing.append(name) }
            for (callback, state) in zip(receivers, states) { callback.restore(state) }
        }
        if !missing.isEmpty {
            Warnings.warn(
                "the checkpoint has states of callbacks that this run does not have: \(missing.joined(separator: ", "))"
            )
        }
    }
}
