public import Foundation
public import Tokenization
public import Training

extension Tokenizer: ProcessingClass {
    public func saveProcessing(to folder: URL) throws { try savePretrained(folder) }
}
