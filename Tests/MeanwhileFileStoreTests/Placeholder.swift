import Testing

@testable import MeanwhileFileStore
