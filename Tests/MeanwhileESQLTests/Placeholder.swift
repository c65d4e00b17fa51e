import Testing

@testable import MeanwhileESQL
