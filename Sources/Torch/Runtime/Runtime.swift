internal import CTorch

/// What the engine underneath is, and how it runs.
public enum TorchRuntime {
    /// libtorch's version that this package was compiled against.
    public static var version: String { String(cString: ct_version()) }

    /// Whether an NVIDIA GPU can be used.
    public static var isCUDAAvailable: Bool { ct_cuda_available() }

    /// Threads that one operator may use.
    public static var threadCount: Int {
        get { Int(ct_thread_count()) }
        set { ct_set_thread_count(Int32(newValue)) }
    }

    /// Whether backward passes of small graphs on the CPU run libtorch's nodes one after the other, without its engine,
    /// which saves and restores the thread's whole state around each. The order is the engine's, and so are the gradients,
    /// bit for bit. Default true.
    public static var runsSmallGraphsDirectly: Bool {
        get { ct_direct_backward() }
        set { ct_set_direct_backward(newValue) }
    }

    /// libtorch's own description of its build, many lines.
    public static var buildConfiguration: String {
        var text: UnsafeMutablePointer<CChar>?
        check(ct_build_configuration(&text))
        defer { ct_string_free(text) }
        return text.map { String(cString: $0) } ?? ""
    }
}
