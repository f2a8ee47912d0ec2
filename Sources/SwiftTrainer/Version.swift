/// The release of this package.
public let swiftTrainerVersion = "0.1.0"
