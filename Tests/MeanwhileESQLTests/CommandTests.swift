import Meanwhile
import MeanwhileData
import MeanwhileESQL
import MeanwhileMemoryStore
import Testing

/// What each command makes of rows, from the request to the answer.
@Suite("Commands")
struct CommandTests {
  /// A service with people, a lookup index of their countries, and a second index in which an age is a text.
  private func service() async throws -> Service {
    let store = MemoryStore()
    var builder = ServiceBuilder(taskStore: store)
    builder.add(ESQLLanguage())
    builder.provide(store, as: (any IndexStore).self)
    try await fill(
      store, "people", ["name": .keyword, "age": .integer, "country": .keyword, "about": .text, "tags": .keyword],
      [
        #"{"name": "Ada", "age": 36, "country": "gb", "about": "wrote the first program", "tags": ["x", "y"]}"#,
        #"{"name": "Grace", "age": 85, "country": "us", "about": "wrote the first compiler", "tags": "x"}"#,
        #"{"name": "Linus", "age": 54, "country": "fi", "about": "program after program"}"#,
        #"{"name": "Anon", "country": null}"#,
      ])
    try await fill(
      store, "countries", ["country": .keyword, "label": .keyword, "since": .integer],
      [
        #"{"country": "gb", "label": "Britain", "since": 10}"#, #"{"country": "gb", "label": "UK", "since": 90}"#,
        #"{"country": "us", "label": "America", "since": 20}"#, #"{"country": ["x1", "x2"], "label": "Both", "since": 1}"#,
      ], settings: ["mode": "lookup"])
    try await fill(store, "guests", ["name": .keyword, "age": .keyword], [#"{"name": "Eve", "age": "40"}"#])
    return try await builder.build()
  }

  private func fill(
    _ store: MemoryStore, _ name: String, _ fields: [String: FieldType], _ documents: [String], settings: JSONObject = [:]
  ) async throws {
    try await store.createIndex(
      IndexDefinition(
        name: name, uuid: name, created: Timestamp(milliseconds: 0),
        mapping: Mapping(properties: fields.mapValues { FieldMapping(type: $0) }), settings: settings))
    _ = try await store.write(
      documents.enumerated().map { DocumentWrite(operation: .index, id: "\($0.offset)", source: Array($0.element.utf8)) }, to: name)
    try await store.refresh(name)
  }

  private func ask(_ query: String) async throws -> JSONValue {
    let response = try await service().respond(to: EndpointRequest(.post, "/_query", json: ["query": .string(query)]))
    return try JSONValue.parse(await response.collectBody())
  }

  @Test(
    "answers with rows",
    arguments: [
      // Texts cut into columns.
      (#"row a = "x 1 y" | dissect a "%{b} %{c} %{a}""#, #"[["x","1","y"]]"#),
      (#"row a = "x 12" | grok a "%{WORD:b} %{NUMBER:c:int}" | eval d = c + 1"#, #"[["x 12","x",12,13]]"#),
      (#"row a = "zz" | grok a "%{NUMBER:b:int}", "(?<c>z+)""#, #"[["zz",null,"zz"]]"#),
      (#"row u = "https://a.b/c?d" | uri_parts p = u | keep p.domain, p.path, p.query"#, #"[["a.b","/c","d"]]"#),
      // Rows by their sameness, by chance, and filled.
      ("row a = [1, 1, 2], b = 0 | mv_expand a | dedup | sort a", "[[1,0],[2,0]]"), ("row a = [2, 2] | mv_expand a | distinct", "[[2]]"),
      ("row a = [1, 2, 3] | mv_expand a | sample 0.999999999999 | stats c = count(*)", "[[3]]"),
      (#"row a = null, b = null | eval a = a::integer, b = b::keyword | fillnull 7 on *"#, "[[7,null]]"),
      ("row a = null | eval a = a::double | fillnull default on a", "[[0.0]]"),
      // Aggregates beside rows.
      (
        "from people | inline stats oldest = max(age) | where age == oldest | keep name, oldest", #"[["Grace",85]]"#
      ),
      (
        "from people | inline stats c = count(*) by tags | sort name | keep name, c, tags",
        #"[["Ada",[2,1],["x","y"]],["Anon",2,null],["Grace",2,"x"],["Linus",2,null]]"#
      ),
      ("row a = [1, 2] | mv_expand a | inlinestats s = sum(a) by a | sort a", "[[1,1],[2,2]]"),
      // Joins.
      (
        "from people | lookup join countries on country | keep name, label | sort name, label",
        #"[["Ada","Britain"],["Ada","UK"],["Anon",null],["Grace","America"],["Linus",null]]"#
      ),
      (
        "from people | rename country as home | lookup join countries on home == country and age > since | keep name, label | sort name",
        #"[["Ada","Britain"],["Anon",null],["Grace","America"],["Linus",null]]"#
      ),
      (#"row country = "x1" | lookup join countries on country | keep label"#, "[[null]]"),
      // Branches and queries within queries.
      (
        "from people | fork (where age > 50 | keep name) (stats c = count(*)) | sort _fork, name",
        #"[["Grace","fork1",null],["Linus","fork1",null],[null,"fork2",4]]"#
      ),
      ("from people, (from countries | keep label | limit 1) | stats c = count(*), l = count(label)", "[[5,1]]"),
      ("from (from people | where age > 50 | keep name) | sort name", #"[["Grace"],["Linus"]]"#),
      // One name, two types.
      ("from people, guests | where age::integer == 40 | keep name", #"[["Eve"]]"#),
      ("from people, guests | eval a = to_string(age) | sort a | limit 2 | keep a, age", #"[["36",null],["40",null]]"#),
      // Full text.
      (#"from people | where about : "program" | sort name | keep name"#, #"[["Ada"],["Linus"]]"#),
      (#"from people | where match(about, "first program", {"operator": "AND"}) | keep name"#, #"[["Ada"]]"#),
      (#"from people | where match_phrase(about, "first compiler") | keep name"#, #"[["Grace"]]"#),
      (#"from people | where qstr("about:compiler OR name:Linus") | sort name | keep name"#, #"[["Grace"],["Linus"]]"#),
      (#"from people | where kql("age >= 54 and not about: compiler") | keep name"#, #"[["Linus"]]"#),
      (#"from people | where term(about, "program") and age < 40 | keep name"#, #"[["Ada"]]"#),
      (#"from people | eval s = concat(name, "!") | where match(s, "Ada!") | keep s"#, #"[["Ada!"]]"#),
      (#"from people metadata _score | where match(about, "program") | sort _score desc | limit 1 | keep name"#, #"[["Linus"]]"#),
      // Patterns that are computed.
      (#"from people | eval p = "Gr" | where name like concat(p, "*") | keep name"#, #"[["Grace"]]"#),
      (#"from people | where country not like "*" | keep name"#, #"[["Anon"]]"#),
      // Aggregates.
      ("from people | stats t = top(age, 2, \"desc\"), f = first(name, age), l = last(name, age)", #"[[[85,54],"Ada","Grace"]]"#),
      ("from people | stats c = count(*) by b = bucket(age, 50.0) | sort b | keep b, c", "[[0.0,1],[50.0,2],[null,1]]"),
      ("row a = 3 | stats x = (b + 1) / 2 by b = a", "[[2,3]]"), ("row a = 1 | stats s = sum(null)", "[[null]]"),
    ])
  func rows(query: String, expected: String) async throws {
    let answer = try await ask(query)
    #expect(answer["values"]?.text() == expected, "\(answer.text())")
  }

  @Test("looks rows up in tables of the request")
  func tables() async throws {
    let body: JSONValue = [
      "query": "row a = [1, 2, 3] | mv_expand a | lookup words on a | sort a",
      "tables": ["words": ["a": ["integer": [1, 2, 2]], "w": ["keyword": ["one", "two", "deux"]]]],
    ]
    let response = try await service().respond(to: EndpointRequest(.post, "/_query", json: body))
    let answer = try JSONValue.parse(await response.collectBody())
    #expect(answer["values"]?.text() == #"[[1,"one"],[2,"two"],[2,"deux"],[3,null]]"#, "\(answer.text())")
  }

  @Test(
    "names what is wrong",
    arguments: [
      ("row a = 1 | dissect a \"%{b}\"", "line 1:21: Dissect only supports KEYWORD or TEXT values, found expression [a] type [INTEGER]"),
      (
        "row a = 1 | lookup join people on a",
        "line 1:25: Lookup Join requires a single lookup mode index; [people] resolves to a [standard] mode index"
      ),
      (
        "from people, guests | keep name, age | eval b = age + 1",
        "line 1:49: Cannot use field [age] due to ambiguities being mapped as [2] incompatible types: [integer] in [people], [keyword] in [guests]"
      ),
      (
        "row a = 1 | fork (eval b = 1) (eval b = \"x\")",
        "line 1:13: Column [b] has conflicting data types in FORK branches: [INTEGER] and [KEYWORD]"
      ),
      ("row a = 1 | enrich nosuch on a", "line 1:20: cannot find enrich policy [nosuch]"),
      ("row a = 1 | stats 1", "line 1:19: expected an aggregate function but found [1]"),
      ("from people | where name like country", "line 1:21: second argument of [name like country] must be a constant, received [country]"),
    ])
  func problems(query: String, expected: String) async throws {
    let reason = try await ask(query)["error"]?["reason"]?.string ?? ""
    #expect(reason.hasSuffix(expected), "\(reason)")
  }
}
