/// What a repository of the Hub holds.
public enum RepositoryType: String, Sendable, Hashable, CaseIterable {
    case model, dataset, space

    /// In front of a repository's name in addresses of pages and files: `datasets/org/name`.
    var urlPrefix: String { self == .model ? "" : "\(rawValue)s/" }
    /// In addresses of the API: `/api/models/…`.
    var apiName: String { "\(rawValue)s" }
}
