extension DemoData {
  /// One thing to try in each language, as shell commands for the server at a URL.
  @Sendable static func commands(url: String) -> [String] {
    [
      command(
        "\(url)/_query?format=txt",
        #"{"query": "FROM access | STATS requests = COUNT(*), bytes = SUM(http.bytes) BY http.status | SORT requests DESC"}"#),
      command(
        "\(url)/process/_eql/search?pretty&filter_path=hits.sequences.join_keys,hits.sequences.events._source",
        """
        {"query": "sequence by user.name with maxspan=1m [authentication where event.outcome == \\"failure\\"] \
        [authentication where event.outcome == \\"success\\"]", "size": 3}
        """),
      command(
        "\(url)/access/_search?pretty",
        """
        {"query": {"bool": {"must": {"match": {"message": "stock"}}, "filter": {"range": {"http.status": {"gte": 500}}}}}, "size": 3}
        """),
    ]
  }

  private static func command(_ url: String, _ body: String) -> String {
    "curl -s -H 'Content-Type: application/json' '\(url)' -d '\(body)'"
  }
}
