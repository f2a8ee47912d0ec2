/// One entry of a TensorBoard event file: TensorFlow's message `Event`, with the fields that are written here.
struct EventRecord {
    enum Content {
        /// The first entry of every file.
        case fileVersion
        case scalar(tag: String, Float)
        case text(tag: String, String)
    }

    let content: Content
    /// Optimizer steps.
    let step: Int
    /// Seconds since 1970.
    let wallTime: Double

    /// Length, its checksum, the message, its checksum.
    var framed: [UInt8] {
        let data = message.bytes
        let length = UInt64(data.count).littleEndianBytes
        return length + CRC32C.masked(length).littleEndianBytes + data + CRC32C.masked(data).littleEndianBytes
    }

    private var message: ProtobufMessage {
        var event = ProtobufMessage()
        event.add(1, wallTime)
        // protobuf leaves zeros out.
        if step != 0 { event.add(2, Int64(step)) }
        switch content {
        case .fileVersion:
            event.add(3, "brain.Event:2")
        case .scalar(let tag, let number):
            var value = ProtobufMessage()
            value.add(1, tag)
            value.add(2, number)
            event.add(5, Self.summary(value))
        case .text(let tag, let text):
            event.add(5, Self.summary(Self.textValue(tag, text)))
        }
        return event
    }

    private static func summary(_ value: ProtobufMessage) -> ProtobufMessage {
        var summary = ProtobufMessage()
        summary.add(1, value)
        return summary
    }

    /// `Summary.Value` with a string tensor of shape [1] for the text plug-in.
    private static func textValue(_ tag: String, _ text: String) -> ProtobufMessage {
        var plugin = ProtobufMessage()
        plugin.add(1, "text")
        var metadata = ProtobufMessage()
        metadata.add(1, plugin)
        var dimension = ProtobufMessage()
        dimension.add(1, Int64(1))
        var shape = ProtobufMessage()
        shape.add(2, dimension)
        var tensor = ProtobufMessage()
        tensor.add(1, Int64(Self.stringType))
        tensor.add(2, shape)
        tensor.add(8, text)
        var value = ProtobufMessage()
        value.add(1, tag)
        value.add(8, tensor)
        value.add(9, metadata)
        return value
    }

    /// `DT_STRING`
    private static let stringType = 7
}
