import MeanwhileData

/// An expression bound to the channels of a page: what a batch loop evaluates.
public indirect enum CompiledExpression: Sendable {
  case constant(Column)
  case channel(Int)
  case call(ScalarFunction.Kernel, [CompiledExpression], Expression.Origin)

  /// Binds an expression to a page layout.
  ///
  /// - Throws: ``FunctionError`` where a column is not in the layout.
  public init(_ expression: Expression, layout: [Attribute]) throws(FunctionError) {
    switch expression {
    case .literal(let value, let type): self = .constant(Column(constant: value, type: type, rowCount: 1))
    case .column(let attribute):
      guard let channel = layout.firstIndex(of: attribute) else { throw FunctionError("Unknown column [\(attribute.name)]") }
      self = .channel(channel)
    case .call(let call):
      var arguments: [CompiledExpression] = []
      for argument in call.arguments { arguments.append(try CompiledExpression(argument, layout: layout)) }
      self = .call(call.resolution.kernel, arguments, call.origin)
    }
  }

  /// Computes a batch.
  public func evaluate(_ frame: EvaluationFrame) throws -> Column {
    switch self {
    case .constant(var column):
      column.rowCount = frame.rowCount
      return column
    case .channel(let index): return frame.page.columns[index]
    case .call(let kernel, let arguments, let origin):
      var frame = frame
      frame.origin = origin
      switch kernel {
      case .eager(let compute): return try compute(try arguments.map { try $0.evaluate(frame) }, frame)
      case .lazy(let compute): return try compute(arguments, frame)
      }
    }
  }
}
