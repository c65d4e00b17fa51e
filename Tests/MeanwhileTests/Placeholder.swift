import Testing

@testable import Meanwhile
