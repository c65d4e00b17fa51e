import Testing

@testable import MeanwhileData
