import Testing

@testable import MeanwhileEngine
