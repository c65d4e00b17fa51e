import Testing

@testable import MeanwhileEQL
