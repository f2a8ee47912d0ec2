/// Why a safetensors file could not be read or written.
public enum SafetensorsError: Error, Sendable, Equatable {
    /// The operating system refused; `reason` is its message.
    case unreadable(file: String, reason: String)
    /// The file as a whole is not a valid safetensors file.
    case invalidFile(file: String, reason: String)
    /// The header's entry of one tensor is wrong.
    case invalidTensor(file: String, tensor: String, reason: String)
    /// An element type that this library has no tensor for.
    case unsupportedType(file: String, tensor: String, type: String)
    /// The file holds no tensor of that name.
    case missingTensor(file: String, tensor: String)
    /// Tensors that can't be written as they were given.
    case unwritable(file: String, reason: String)
}

extension SafetensorsError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .unreadable(let file, let reason): "can't read \(file): \(reason)"
        case .invalidFile(let file, let reason): "\(file) is not a valid safetensors file: \(reason)"
        case .invalidTensor(let file, let tensor, let reason): "\(file): tensor \(quoted(tensor)): \(reason)"
        case .unsupportedType(let file, let tensor, let type):
            "\(file): tensor \(quoted(tensor)) has the element type \(quoted(type)), which is not supported"
        case .missingTensor(let file, let tensor): "\(file) holds no tensor \(quoted(tensor))"
        case .unwritable(let file, let reason): "can't write \(file): \(reason)"
        }
    }
}

/// A name from a file for an error message: on one line and of bounded length.
func quoted(_ name: String) -> String {
    let shown = String(String.UnicodeScalarView(name.unicodeScalars.prefix(200)))
    let plain = shown.unicodeScalars.map {
        $0.value < 32 || $0.value == 127 ? "\\u{\(String($0.value, radix: 16))}" : String($0)
    }
    return "\"\(plain.joined())\(shown.utf8.count < name.utf8.count ? "…" : "")\""
}
