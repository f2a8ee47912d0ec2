/// An object while a pickle is read. Objects refer to each other by number in one table, because pickles may share them,
/// change them after sharing them, and nest them so deeply that freeing a tree of references would overflow the stack.
enum PickleNode {
    case none
    case bool(Bool)
    case int(Int)
    case bigInt([UInt8])
    case float(Double)
    case string(String)
    case bytes([UInt8])
    case list([Int])
    case tuple([Int])
    /// Keys and values in turn.
    case dict([Int], isOrderedDict: Bool)
    case set([Int])
    case global(PickleGlobal)
    case storage(TensorStorage, DType)
    case tensor(SerializedTensor)
    /// A NumPy array before its state is set.
    case emptyArray
    case array(NumpyArray)
    /// A NumPy type, with `|`, `<` or `>` once its state is set.
    case numpyType(code: String, order: String)
    case size([Int])
    case device(String)
}

/// What a pickle may take at most. Every bound is far above what checkpoints hold.
struct PickleLimits {
    /// Containers inside each other.
    var depth = 100
    /// Objects, and values after sharing is undone.
    var values = 5_000_000
    /// Bytes that decoding may produce beyond the pickle's own, as a multiple of its length.
    var expansion = 8
    /// Dimensions of a tensor.
    var dimensions = 64
}
