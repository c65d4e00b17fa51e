import Meanwhile

extension Dialect where Language == SearchLanguage {
  /// `_search`: the response and nothing around it.
  static var search: Dialect {
    Dialect(name: "search", action: "indices:data/read/search", sendsAsyncHeaders: false) { _, _, _ in
      throw APIError.internalFailure("a synchronous search was answered before its end")
    } renderFinished: { _, output, _ in
      .encodedJSON(output.response)
    }
  }

  /// `_count`: the total of a search for no hits.
  static var count: Dialect {
    Dialect(name: "count", action: "indices:data/read/search", sendsAsyncHeaders: false) { _, _, _ in
      throw APIError.internalFailure("a count was answered before its end")
    } renderFinished: { _, output, _ in
      let response = try JSONValue.parse(output.response, valuesMax: .max)
      guard let total = response["hits"]?["total"]?["value"] else { throw APIError.internalFailure("a count has no total") }
      return .json(["count": total, "_shards": .shards(output.shardCount)])
    }
  }
}
