"""Every format of responses, read by whoever reads that format for a living; and bodies in every format."""
import csv
import io
import json
import struct
import unittest

import cbor2
import pyarrow.ipc
import yaml

import server
import smile

READERS = {
    "json": ("application/json", json.loads),
    "yaml": ("application/yaml", yaml.safe_load),
    "cbor": ("application/cbor", cbor2.loads),
    "smile": ("application/smile", smile.loads),
}
QUERY = """ROW i = 1, l = 9007199254740993, u = TO_UNSIGNED_LONG("18446744073709551615"), d = 1.5E10, b = true, k = "a \\"b\\", ü\\t|\\n",
  m = [3, 1, 2], n = null, t = TO_DATETIME("2020-02-29T12:30:30.500Z"), ip = TO_IP("10.1.2.3"), v = TO_VERSION("1.2.3")"""


def esql(path="/_query", headers=None, **body):
    return server.call("POST", path, {"query": QUERY, **body}, headers)


def without_times(document):
    return {name: value for name, value in document.items() if name not in ("took", "id") and not name.endswith("_in_millis")}


class ObjectFormats(unittest.TestCase):
    def test_every_format_says_the_same(self):
        expected = without_times(json.loads(esql()[2]))
        self.assertEqual(expected["values"][0][2], 18446744073709551615)
        for name, (media_type, read) in READERS.items():
            for path, headers in ((f"/_query?format={name}", {}), ("/_query", {"Accept": media_type})):
                with self.subTest(format=name, headers=headers):
                    status, got, body = esql(path, headers)
                    self.assertEqual((status, got["Content-Type"]), (200, media_type))
                    self.assertEqual(without_times(read(body)), expected)

    def test_columnar_and_null_columns(self):
        for name, (_, read) in READERS.items():
            document = read(esql(f"/_query?format={name}&drop_null_columns=true", columnar=True)[2])
            self.assertEqual(len(document["all_columns"]), len(document["columns"]) + 1)
            self.assertEqual(document["values"][6], [[3, 1, 2]])

    def test_bodies_in_every_format(self):
        body = {"query": "ROW a = ?x", "params": [{"x": [1, 2]}], "columnar": True}
        for name, encoded in (("yaml", yaml.safe_dump(body).encode()), ("cbor", cbor2.dumps(body)), ("json", json.dumps(body).encode())):
            media_type, read = READERS[name]
            status, got, answer = server.call("POST", "/_query", encoded, {"Content-Type": media_type})
            self.assertEqual((status, got["Content-Type"]), (200, media_type), answer)  # What asks for nothing is answered as it asked.
            self.assertEqual(read(answer)["values"], [[[1, 2]]])
        source = "/_query?source_content_type=application/yaml&source=" + "query:%20ROW%20a=1"
        self.assertEqual(json.loads(server.call("POST", source)[2])["values"], [[1]])

    def test_documents_and_bulk_loads_in_binary(self):
        document = {"title": "Dune", "pages": 412, "tags": ["a", "b"], "more": {"deep": [1.5, None, 2.0], "flag": True}}
        for name, encode, separator in (("cbor", cbor2.dumps, b"\xff"), ("smile", smile.dumps, b"\xff"), ("cbor", cbor2.dumps, b"")):
            with self.subTest(format=name, separator=separator):
                media_type, read = READERS[name]
                status, _, body = server.call("PUT", f"/binary-{name}/_doc/1?refresh=true", encode(document), {"Content-Type": media_type})
                self.assertIn(status, (200, 201), body)
                self.assertEqual(read(body)["_id"], "1")
                values = [value for n in range(2, 300) for value in ({"index": {"_id": str(n)}}, {**document, "pages": n})] + [{"delete": {"_id": "2"}}]
                lines = b"".join(encode(value) + separator for value in values)
                status, _, body = server.call("POST", f"/binary-{name}/_bulk?refresh=true", lines, {"Content-Type": media_type, "Accept": "application/json"})
                self.assertEqual((status, json.loads(body)["errors"], len(json.loads(body)["items"])), (200, False, 299))
                found = json.loads(server.call("GET", f"/binary-{name}/_search?size=500&sort=pages")[2])["hits"]["hits"]
                self.assertEqual([hit["_source"]["pages"] for hit in found], list(range(3, 300)) + [412])
                self.assertEqual(json.loads(server.call("GET", f"/binary-{name}/_source/1")[2]), document)
                broken = server.call("POST", f"/binary-{name}/_bulk", lines[:-3], {"Content-Type": media_type})
                self.assertEqual(broken[0], 400)
        status, _, body = server.call("POST", "/binary/_bulk", b"index: {}", {"Content-Type": "application/yaml", "Accept": "application/json"})
        self.assertEqual(status, 400)
        self.assertIn("[yaml]", json.loads(body)["error"]["reason"])

    def test_errors_come_in_the_format_that_was_asked_for(self):
        for name, (media_type, read) in READERS.items():
            status, got, body = server.call("POST", f"/_query?format={name}", {"query": "FROM"})
            self.assertEqual((status, got["Content-Type"]), (400, media_type))
            self.assertEqual(read(body)["error"]["type"], "parsing_exception")

    def test_other_endpoints(self):
        server.call("PUT", "/formats/_doc/1?refresh=true", {"event": {"category": "process"}, "@timestamp": "2020-01-01T00:00:00Z"})
        questions = (("/formats/_search", {"query": {"match_all": {}}}), ("/formats/_eql/search", {"query": "process where true"}),
                     ("/formats/_async_search", {"query": {"match_all": {}}}))
        for path, question in questions:
            for name, (media_type, read) in READERS.items():
                with self.subTest(path=path, format=name):
                    encoded = cbor2.dumps(question) if name == "cbor" else json.dumps(question).encode()
                    content_type = media_type if name == "cbor" else "application/json"
                    status, got, body = server.call("POST", path, encoded, {"Content-Type": content_type, "Accept": media_type})
                    self.assertEqual((status, got["Content-Type"]), (200, media_type), body)
                    document = read(body)
                    hits = document.get("response", document)["hits"]
                    self.assertEqual(hits.get("hits", hits.get("events"))[0]["_id"], "1")

    def test_filter_path_and_vendor_types(self):
        status, got, body = esql("/_query?format=cbor&filter_path=columns.name,-columns.type")
        self.assertEqual(set(cbor2.loads(body)), {"columns"})
        vendor = {"Accept": "application/vnd.elasticsearch+cbor; compatible-with=9", "Content-Type": "application/vnd.elasticsearch+json; compatible-with=9"}
        status, got, body = server.call("POST", "/_query", json.dumps({"query": QUERY}).encode(), vendor)
        self.assertEqual((status, got["Content-Type"]), (200, "application/vnd.elasticsearch+cbor;compatible-with=9"))

    def test_asynchronous_and_stored(self):
        status, got, body = esql("/_query/async?format=cbor", keep_on_completion=True, wait_for_completion_timeout="30s")
        document = cbor2.loads(body)
        self.assertEqual(got["X-Elasticsearch-Async-Id"], document["id"])
        for name, (media_type, read) in READERS.items():
            again = read(server.call("GET", f"/_query/async/{document['id']}?format={name}")[2])
            self.assertEqual(again["values"], read(esql(f"/_query?format={name}")[2])["values"])
        for name in ("csv", "tsv", "txt", "arrow"):
            self.assertEqual(server.call("GET", f"/_query/async/{document['id']}?format={name}")[2], esql(f"/_query?format={name}")[2])


class Types(unittest.TestCase):
    """Every type that a column can have, in every format: as the object formats say it, as text says it, and Arrow's type and value."""

    NANOS = 1582979430123456789
    SOURCE = {
        "boolean": True, "integer": -7, "long": 9007199254740993, "unsigned_long": 18446744073709551615, "double": 1.5e10,
        "keyword": 'a "b", ü|c', "text": "some words", "date": "2020-02-29T12:30:30.500Z", "date_nanos": "2020-02-29T12:30:30.123456789Z",
        "ip": "10.1.2.3", "version": "1.2.3", "geo_point": {"lat": 2, "lon": 1}, "geo_shape": "POLYGON ((0 0, 1 0, 1 1, 0 0))",
        "cartesian_point": {"x": -1.5, "y": 4}, "cartesian_shape": "POINT (1 2)", "unsupported": "AQID"}
    MAPPED = {"cartesian_point": "point", "cartesian_shape": "shape", "unsupported": "binary"}
    # Type: the value of the object formats, its text, Arrow's type, Arrow's value.
    CELLS = {
        "boolean": (True, "true", "bool", True),
        "integer": (-7, "-7", "int32", -7),
        "long": (9007199254740993, "9007199254740993", "int64", 9007199254740993),
        "unsigned_long": (18446744073709551615, "18446744073709551615", "uint64", 18446744073709551615),
        "double": (1.5e10, "1.5E10", "double", 1.5e10),
        "keyword": ('a "b", ü|c', 'a "b", ü|c', "string", 'a "b", ü|c'),
        "text": ("some words", "some words", "string", "some words"),
        "date": ("2020-02-29T12:30:30.500Z", "2020-02-29T12:30:30.500Z", "timestamp[ms, tz=UTC]", 1582979430500),
        "date_nanos": ("2020-02-29T12:30:30.123456789Z", "2020-02-29T12:30:30.123456789Z", "timestamp[ns, tz=UTC]", NANOS),
        "ip": ("10.1.2.3", "10.1.2.3", "binary", bytes([10, 1, 2, 3])),
        "version": ("1.2.3", "1.2.3", "string", "1.2.3"),
        "geo_point": ("POINT (1.0 2.0)", "POINT (1.0 2.0)", "binary", struct.pack("<BIdd", 1, 1, 1, 2)),
        "cartesian_point": ("POINT (-1.5 4.0)", "POINT (-1.5 4.0)", "binary", struct.pack("<BIdd", 1, 1, -1.5, 4)),
        "geo_shape": (None, None, "binary", None),  # Shapes stay in the source.
        "cartesian_shape": (None, None, "binary", None),
        "unsupported": (None, None, "null", None),
        "null": (None, None, "null", None),
    }
    QUERY = "FROM types METADATA _source | EVAL `null` = null"

    @classmethod
    def setUpClass(cls):
        properties = {name: {"type": cls.MAPPED.get(name, name)} for name in cls.SOURCE}
        server.call("DELETE", "/types")
        assert server.call("PUT", "/types", {"mappings": {"properties": properties}})[0] == 200
        status, _, body = server.call("PUT", "/types/_doc/1?refresh=true", cls.SOURCE)
        assert status == 201, body

    def rows(self, name):
        status, _, body = server.call("POST", f"/_query?format={name}", {"query": self.QUERY})
        self.assertEqual(status, 200, body)
        return body

    def test_in_object_formats(self):
        for name, (_, read) in READERS.items():
            document = read(self.rows(name))
            types = {column["name"]: column["type"] for column in document["columns"]}
            self.assertEqual(types, {type: type for type in [*self.CELLS, "_source"]})
            row = dict(zip(types, document["values"][0]))
            self.assertEqual(row.pop("_source"), self.SOURCE, name)
            self.assertEqual(row, {type: cell[0] for type, cell in self.CELLS.items()}, name)

    def test_in_text_formats(self):
        for name, null in (("csv", ""), ("tsv", ""), ("txt", "null")):
            text = self.rows(name).decode()
            if name == "csv":
                rows = list(csv.reader(io.StringIO(text, newline="")))
            elif name == "tsv":
                rows = [line.split("\t") for line in text.splitlines()]
            else:
                lines = text.splitlines()
                ends = [0] + [place + 1 for place, letter in enumerate(lines[1]) if letter == "+"] + [len(lines[1]) + 1]
                rows = [[line[start:end - 1].strip() for start, end in zip(ends, ends[1:])] for line in (lines[0], lines[2])]
            row = dict(zip(*rows))
            self.assertTrue(row.pop("_source").startswith("{boolean=true, integer=-7, "), name)
            self.assertEqual(row, {type: null if cell[1] is None else cell[1] for type, cell in self.CELLS.items()}, name)

    def test_in_arrow(self):
        table = pyarrow.ipc.open_stream(self.rows("arrow")).read_all()
        table.validate(full=True)
        self.assertEqual({field.name: str(field.type) for field in table.schema}, {**{type: cell[2] for type, cell in self.CELLS.items()}, "_source": "string"})
        self.assertEqual({field.name: field.metadata[b"elastic:type"].decode() for field in table.schema}, {name: name for name in table.schema.names})
        row = {name: column[0].value if pyarrow.types.is_timestamp(column.type) else column[0].as_py() for name, column in zip(table.schema.names, table.columns)}
        self.assertEqual(json.loads(row.pop("_source")), self.SOURCE)
        self.assertEqual(row, {type: cell[3] for type, cell in self.CELLS.items()})

    def test_points_among_the_fields_of_hits(self):
        body = json.loads(server.call("POST", "/types/_search", {"fields": ["geo_point", "cartesian_point"], "_source": False})[2])
        self.assertEqual(body["hits"]["hits"][0]["fields"], {
            "geo_point": [{"type": "Point", "coordinates": [1.0, 2.0]}], "cartesian_point": [{"type": "Point", "coordinates": [-1.5, 4.0]}]})

    def test_counters_are_what_they_count_in(self):
        """Outside of time series a counter is a number like any other."""
        properties = {f"counter_{type}": {"type": type, "time_series_metric": "counter"} for type in ("integer", "long", "double")}
        server.call("DELETE", "/counters")
        server.call("PUT", "/counters", {"mappings": {"properties": properties}})
        server.call("PUT", "/counters/_doc/1?refresh=true", {"counter_integer": 5, "counter_long": 6, "counter_double": 7.5})
        for name, (_, read) in READERS.items():
            document = read(server.call("POST", f"/_query?format={name}", {"query": "FROM counters"})[2])
            self.assertEqual(document["values"], [[7.5, 5, 6]])


class TableFormats(unittest.TestCase):
    def test_csv(self):
        status, got, body = esql("/_query?format=csv")
        self.assertEqual(got["Content-Type"], "text/csv; charset=utf-8; header=present")
        rows = list(csv.reader(io.StringIO(body.decode(), newline="")))
        self.assertEqual(rows[1][:8], ["1", "9007199254740993", "18446744073709551615", "1.5E10", "true", 'a "b", ü\t|\n', "[3, 1, 2]", ""])
        bare = esql("/_query", {"Accept": "text/csv; header=absent"})
        self.assertEqual(bare[1]["Content-Type"], "text/csv; charset=utf-8; header=absent")
        self.assertEqual(len(list(csv.reader(io.StringIO(bare[2].decode(), newline="")))), 1)
        self.assertEqual(esql("/_query?format=csv&delimiter=%3B")[2].decode().split("\r\n")[0], "i;l;u;d;b;k;m;n;t;ip;v")

    def test_arrow(self):
        status, got, body = esql("/_query?format=arrow")
        self.assertEqual((status, got["Content-Type"]), (200, "application/vnd.apache.arrow.stream"), body)
        table = pyarrow.ipc.open_stream(body).read_all()
        table.validate(full=True)
        types = {field.name: str(field.type) for field in table.schema}
        self.assertEqual(types, {
            "i": "int32", "l": "int64", "u": "uint64", "d": "double", "b": "bool", "k": "string", "m": "list<$data$: int32 not null>", "n": "null",
            "t": "timestamp[ms, tz=UTC]", "ip": "binary", "v": "string"})
        row = table.to_pylist()[0]
        self.assertEqual((row["u"], row["m"], row["n"], row["ip"]), (18446744073709551615, [3, 1, 2], None, bytes([10, 1, 2, 3])))
        self.assertEqual((row["k"], row["t"].isoformat()), ('a "b", ü\t|\n', "2020-02-29T12:30:30.500000+00:00"))
        self.assertEqual(table.schema.field("ip").metadata, {b"elastic:type": b"ip"})
        self.assertEqual(table.schema.field("m").type.value_field.metadata, {b"elastic:type": b"integer"})

    def test_arrow_of_many_rows_with_nulls(self):
        lines = "".join('{"index":{"_id":"%d"}}\n%s\n' % (n, json.dumps({"n": n, "s": None if n % 3 else f"s{n % 7}", "f": n / 4})) for n in range(25000))
        status, _, body = server.call("POST", "/arrow/_bulk?refresh=true", lines.encode(), {"Content-Type": "application/x-ndjson"})
        self.assertEqual(status, 200, body[:200])
        body = server.call("POST", "/_query?format=arrow", {"query": "FROM arrow | KEEP n, s, f | SORT n | LIMIT 10000"})[2]
        table = pyarrow.ipc.open_stream(body).read_all()
        table.validate(full=True)
        self.assertEqual(table.num_rows, 10000)
        self.assertEqual(table.column("n").to_pylist(), list(range(10000)))
        self.assertEqual(table.column("s").to_pylist(), [None if n % 3 else f"s{n % 7}" for n in range(10000)])
        self.assertEqual(table.column("f").to_pylist(), [n / 4 for n in range(10000)])

    def test_what_is_running_has_no_rows(self):
        body = {"query": "ROW a = 1 | EVAL b = DELAY(30s)", "wait_for_completion_timeout": "0s"}
        for name, expected in (("csv", b"\r\n"), ("tsv", b"\n"), ("txt", b"")):
            status, got, answer = server.call("POST", f"/_query/async?format={name}", body)
            self.assertEqual((status, got["X-Elasticsearch-Async-Is-Running"], answer), (200, "?1", expected))
            server.call("DELETE", "/_query/async/" + got["X-Elasticsearch-Async-Id"])
        status, got, answer = server.call("POST", "/_query/async?format=arrow", body)
        self.assertEqual(pyarrow.ipc.open_stream(answer).read_all().num_columns, 0)
        server.call("DELETE", "/_query/async/" + got["X-Elasticsearch-Async-Id"])

    def test_what_cannot_be_combined(self):
        for name in ("csv", "tsv", "txt", "arrow"):
            for argument in ("columnar", "profile", "include_execution_metadata"):
                status, _, body = esql(f"/_query?format={name}", **{argument: True})
                self.assertEqual(status, 400)
                self.assertIn(f"Invalid use of [{argument}] argument", json.loads(body)["error"]["reason"])
        for accept in ("text/csv; charset=latin1", "text/csv; header=maybe", "image/png"):
            status, _, body = esql("/_query", {"Accept": accept})
            self.assertEqual(status, 400)
            self.assertIn(f"Accept=[{accept}]", json.loads(body)["error"]["reason"])
        for query, reason in (("format=xml", "format=[xml]"), ("format=tsv&delimiter=;", "can only be used with the format [csv]"),
                              ("format=csv&delimiter=ab", "invalid multi-character delimiter [ab]")):
            status, _, body = esql(f"/_query?{query}")
            self.assertEqual(status, 400)
            self.assertIn(reason, json.loads(body)["error"]["reason"])


class ManyRows(unittest.TestCase):
    def test_memory_does_not_grow_with_the_rows(self):
        """A result of 40 MB and more in every format, in a server whose peak is looked at: it is a matter of pages, and these have few rows."""
        server.call("PUT", "/_cluster/settings", {"persistent": {"esql.query.result_truncation_max_size": 100_000}})
        text = "x" * 800
        lines = "".join('{"index":{}}\n{"n":%d,"s":"%s%d"}\n' % (n, text, n) for n in range(50000))
        server.call("POST", "/many/_bulk?refresh=true", lines.encode(), {"Content-Type": "application/x-ndjson"})
        body = {"query": "FROM many | KEEP n, s | LIMIT 50000", "keep_on_completion": True, "wait_for_completion_timeout": "60s"}
        found = json.loads(server.call("POST", "/_query/async?filter_path=id", body)[2])["id"]
        names = ("json", "yaml", "cbor", "smile", "csv", "tsv", "txt", "arrow")
        for name in names:  # A few pages take what pages take.
            self.assertEqual(server.call("GET", f"/_query/async/{found}?format={name}&filter_path=values&limit=12000")[0], 200)
        with open(f"/proc/{server.process().pid}/clear_refs", "w") as file:
            file.write("5")  # From here on the peak is told anew.
        first = self.peak()
        for name in names:
            status, _, answer = server.call("GET", f"/_query/async/{found}?format={name}&filter_path=values")
            self.assertEqual(status, 200)
            self.assertGreater(len(answer), 40_000_000)
        self.assertLess(self.peak() - first, 30_000_000)
        server.call("DELETE", f"/_query/async/{found}")

    @staticmethod
    def peak():
        with open(f"/proc/{server.process().pid}/status") as file:
            return next(int(line.split()[1]) << 10 for line in file if line.startswith("VmHWM"))


if __name__ == "__main__":
    unittest.main()
