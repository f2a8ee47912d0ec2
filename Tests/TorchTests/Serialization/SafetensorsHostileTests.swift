import Foundation
import Testing
import Torch

/// Files that are wrong in one way each; the error names it.
@Suite struct SafetensorsHostileTests {
    private static func file(_ header: String, data: Int = 0, length: UInt64? = nil) -> [UInt8] {
        withUnsafeBytes(of: (length ?? UInt64(header.utf8.count)).littleEndian) { Array($0) } + Array(header.utf8)
            + [UInt8](repeating: 0, count: data)
    }

    private static func tensor(_ members: String) -> String { "{\"a\":{\(members)}}" }

    private static let good = #""dtype":"F32","shape":[2],"data_offsets":[0,8]"#

    @Test func whitespaceAndAnyOrderOfKeysAreFine() throws {
        let folder = try TemporaryFolder()
        let header =
            #"{ "b" : { "shape" : [ 1 , 2 ] , "data_offsets":[8,10],"dtype":"U8"}, "a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]} }  "#
        let file = try SafetensorsFile(url: folder.write(Self.file(header, data: 10)))
        #expect(file.tensors.map(\.name) == ["a", "b"])
    }

    private typealias Case = (bytes: [UInt8], reason: String)

    private static let cases: [Case] = {
        var cases: [Case] = []
        cases.append((file("", length: nil), "does not begin with '{'"))
        cases.append(([1, 2, 3], "fewer than the 8"))
        cases.append((file("{}", length: 100_000_001), "at most 100000000"))
        cases.append((file("{}", length: .max), "at most 100000000"))
        cases.append((file("{}", length: 3), "may be truncated"))
        cases.append((file("[]"), "does not begin with '{'"))
        cases.append((file("{\"a\":"), "'{' is expected"))
        cases.append((file("{} x"), "more after"))
        cases.append((file("{\"a\":1}"), "'{' is expected"))
        cases.append((file(tensor(good + #","x":1"#), data: 8), "unknown key \"x\""))
        cases.append((file(tensor(good + #","dtype":"F32""#), data: 8), "has the key \"dtype\" twice"))
        cases.append((file("{\"a\":{\(good)},\"a\":{\(good)}}", data: 8), "\"a\" stands twice"))
        cases.append((file(#"{"__metadata__":{"a":"1","a":"2"}}"#), "\"a\" stands twice"))
        cases.append((file(#"{"__metadata__":{"a":1}}"#), "'\"' is expected"))
        cases.append((file(#"{"__metadata__":{},"__metadata__":{}}"#), "stands twice"))
        cases.append((file(tensor(#""dtype":"F32","shape":[2]"#), data: 8), "lacks dtype, shape or data_offsets"))
        cases.append((file(tensor(#""dtype":"F32","shape":[2],"data_offsets":[0]"#), data: 8), "not two numbers"))
        cases.append((file(tensor(#""dtype":"F32","shape":[-2],"data_offsets":[0,8]"#), data: 8), "whole number"))
        cases.append((file(tensor(#""dtype":"F32","shape":[2.0],"data_offsets":[0,8]"#), data: 8), "']' is expected"))
        cases.append((file(tensor(#""dtype":"F32","shape":[02],"data_offsets":[0,8]"#), data: 8), "begins with 0"))
        cases.append(
            (file(tensor(#""dtype":"F32","shape":[99999999999999999999],"data_offsets":[0,8]"#), data: 8), "too large"))
        cases.append(
            (
                file(tensor(#""dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,8]"#), data: 8),
                "tensor \"a\": the product of the shape's sizes is too large"
            ))
        cases.append(
            (
                file(tensor(#""dtype":"F32","shape":[4611686018427387904],"data_offsets":[0,8]"#), data: 8),
                "product of the shape's sizes is too large"
            ))
        cases.append(
            (file(tensor(#""dtype":"F8_E4M3","shape":[2],"data_offsets":[0,2]"#), data: 2), "element type \"F8_E4M3\""))
        cases.append((file(tensor(#""dtype":"F32","shape":[3],"data_offsets":[0,8]"#), data: 8), "take 12 bytes"))
        cases.append(
            (file(tensor(#""dtype":"F32","shape":[2],"data_offsets":[8,0]"#), data: 8), "end before they begin"))
        cases.append((file(tensor(#""dtype":"F32","shape":[2],"data_offsets":[0,8]"#), data: 7), "may be truncated"))
        cases.append(
            (file(tensor(#""dtype":"F32","shape":[2],"data_offsets":[4,12]"#), data: 12), "begins at byte 4, where 0"))
        cases.append((file(tensor(good), data: 9), "9 bytes follow the header"))
        cases.append((file("{\"a\":{\(good)},\"b\":{\(good)}}", data: 8), "begins at byte 0, where 8"))
        cases.append((file("{\"a\\ud800\":{\(good)}}", data: 8), "surrogate"))
        cases.append((file("{\"a\\x\":{\(good)}}", data: 8), "unknown escape"))
        cases.append((file("{\"a\n\":{\(good)}}", data: 8), "control character"))
        cases.append((file("{\"a", data: 0), "does not end"))
        cases.append(
            ([10, 0, 0, 0, 0, 0, 0, 0] + Array("{\"".utf8) + [0xFF, 0xFE] + Array("\":{}}".utf8) + [32], "UTF-8"))
        return cases
    }()

    @Test(arguments: cases)
    func refuses(bytes: [UInt8], reason: String) throws {
        let folder = try TemporaryFolder()
        let url = try folder.write(bytes, as: "bad.safetensors")
        let error = #expect(throws: SafetensorsError.self) { try SafetensorsFile(url: url) }
        let text = error?.description ?? ""
        #expect(text.contains(reason) && text.contains("bad.safetensors"))
    }

    @Test func filesThatAreNone() throws {
        let folder = try TemporaryFolder()
        #expect(throws: SafetensorsError.unreadable(file: folder.file("x").path, reason: "No such file or directory")) {
            try SafetensorsFile(url: folder.file("x"))
        }
        #expect(throws: SafetensorsError.unreadable(file: folder.url.path, reason: "is not a regular file")) {
            try SafetensorsFile(url: folder.url)
        }
    }

    @Test func truncationIsAnError() throws {
        let folder = try TemporaryFolder()
        let bytes = try SerializationFixtures.bytes("types.safetensors")
        for length in stride(from: 0, to: bytes.count, by: 9) {
            let url = try folder.write(Array(bytes[..<length]))
            #expect(throws: SafetensorsError.self) { try SafetensorsFile(url: url) }
        }
    }
}
