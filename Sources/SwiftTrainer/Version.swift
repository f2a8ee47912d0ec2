/// The version of Swift Trainer: part of the keys of what is kept on disk, so that another version makes it anew.
public let swiftTrainerVersion = "0.1.0"
