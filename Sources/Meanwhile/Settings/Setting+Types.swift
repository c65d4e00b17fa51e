/// The types that settings have, each with its text, its bounds and Elasticsearch's words for a value that is neither.
extension Setting where Value == Int {
  /// A whole number.
  public static func count(
    _ name: String, default defaultValue: Int, in bounds: ClosedRange<Int> = 0...Int(Int32.max), _ summary: String
  ) -> Setting {
    Setting(name, default: defaultValue, summary) { text, name throws(APIError) in
      guard let value = Int(text) else {
        throw .unreadable(
          text, name, because: APIError(type: "number_format_exception", reason: "For input string: \"\(text)\"", status: 400))
      }
      if value < bounds.lowerBound {
        throw .illegalArgument("Failed to parse value [\(text)] for setting [\(name)] must be >= \(bounds.lowerBound)")
      }
      if value > bounds.upperBound {
        throw .illegalArgument("Failed to parse value [\(text)] for setting [\(name)] must be <= \(bounds.upperBound)")
      }
      return value
    } write: {
      String($0)
    }
  }

  /// A number of bytes, written with a unit: `512mb`.
  public static func bytes(_ name: String, default defaultValue: Int, in bounds: ClosedRange<Int> = 0...Int.max, _ summary: String)
    -> Setting
  {
    Setting(name, default: defaultValue, summary) { text, name throws(APIError) in
      let size = try ByteSize(parsing: text, setting: name)
      try check(size, text, name, min: ByteSize(bounds.lowerBound), max: ByteSize(bounds.upperBound), \.text)
      return size.bytes
    } write: {
      ByteSize($0).text
    }
  }
}

extension Setting where Value == Bool {
  /// `true` or `false`.
  public static func flag(_ name: String, default defaultValue: Bool, _ summary: String) -> Setting {
    Setting(name, default: defaultValue, summary) { text, _ throws(APIError) in
      switch text {
      case "true": true
      case "false": false
      default: throw .illegalArgument("Failed to parse value [\(text)] as only [true] or [false] are allowed.")
      }
    } write: {
      String($0)
    }
  }
}

extension Setting where Value == TimeValue {
  /// A length of time, written with a unit: `5m`.
  public static func time(
    _ name: String, default defaultValue: TimeValue, min: TimeValue = .zero, max: TimeValue = TimeValue(nanoseconds: .max),
    _ summary: String
  ) -> Setting {
    Setting(name, default: defaultValue, summary) { text, name throws(APIError) in
      let time = try TimeValue(parsing: text, setting: name)
      try check(time, text, name, min: min, max: max, \.text)
      return time
    } write: {
      $0.text
    }
  }
}

extension Setting where Value: CaseIterable & RawRepresentable, Value.RawValue == String {
  /// One of a few words.
  public static func choice(_ name: String, default defaultValue: Value, _ summary: String) -> Setting {
    Setting(name, default: defaultValue, summary) { text, name throws(APIError) in
      guard let value = Value(rawValue: text) else {
        let words = Value.allCases.map { "[\($0.rawValue)]" }.joined(separator: ", ")
        throw .illegalArgument("Failed to parse value [\(text)] for setting [\(name)] must be one of \(words)")
      }
      return value
    } write: {
      $0.rawValue
    }
  }
}

/// Holds a value with a unit against its bounds.
private func check<Value: Comparable>(
  _ value: Value, _ text: String, _ name: String, min: Value, max: Value, _ write: (Value) -> String
) throws(APIError) {
  if value < min { throw .illegalArgument("failed to parse value [\(text)] for setting [\(name)], must be >= [\(write(min))]") }
  if value > max { throw .illegalArgument("failed to parse value [\(text)] for setting [\(name)], must be <= [\(write(max))]") }
}

extension APIError {
  fileprivate static func unreadable(_ text: String, _ name: String, because cause: APIError) -> APIError {
    .illegalArgument("Failed to parse value [\(text)] for setting [\(name)]", causedBy: cause)
  }
}
