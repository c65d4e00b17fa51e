import Testing

@testable import MeanwhileMemoryStore
