/// Takes the next bytes of a file; valid only during the call.
public typealias ByteSink = (UnsafeRawBufferPointer) throws -> Void
