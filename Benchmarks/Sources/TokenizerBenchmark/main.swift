import Foundation

// tokenizer-benchmark parity FOLDER            answers each JSON line of standard input with a JSON line of what the
//                                              tokenizer makes of it (see Parity.swift)
// tokenizer-benchmark speed FOLDER FILE ROUNDS  times the lines of a file, on one core and on all (see Speed.swift)

let arguments = CommandLine.arguments.dropFirst()
do {
    switch (arguments.first, arguments.count) {
    case ("parity", 2): try answer(folder: arguments[2])
    case ("speed", 4): try time(folder: arguments[2], file: arguments[3], rounds: Int(arguments[4]) ?? 5)
    default:
        print("usage: tokenizer-benchmark parity FOLDER | speed FOLDER FILE ROUNDS")
        exit(64)
    }
} catch {
    FileHandle.standardError.write(Data("error: \(error)\n".utf8))
    exit(1)
}
