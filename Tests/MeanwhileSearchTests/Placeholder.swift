import Testing

@testable import MeanwhileSearch
