"""What every endpoint does alike, over the wire: common options, methods, media types, codings, headers."""
import gzip
import json
import re
import socket
import unittest
import zlib

import server

QUERY = {"query": "ROW a = 1, b = \"two\""}


class CommonOptions(unittest.TestCase):
    def test_pretty_and_filter_path(self):
        plain = server.call("GET", "/")[2]
        pretty = server.call("GET", "/?pretty")[2]
        self.assertNotIn(b"\n", plain.strip())
        self.assertTrue(pretty.startswith(b"{\n  \"") and pretty.endswith(b"}\n"), pretty[:40])
        self.assertEqual(json.loads(pretty), json.loads(plain))
        self.assertEqual(json.loads(server.call("GET", "/?filter_path=version.num*,-version.lucene*")[2]), {"version": {"number": json.loads(plain)["version"]["number"]}})
        self.assertEqual(json.loads(server.call("POST", "/_query?filter_path=**.name,-columns.type", QUERY)[2]), {"columns": [{"name": "a"}, {"name": "b"}]})

    def test_human(self):
        plain = json.loads(server.call("POST", "/_query", QUERY)[2])
        human = json.loads(server.call("POST", "/_query?human=true", QUERY)[2])
        for name in ("start_time", "completion_time", "expiration_time"):
            self.assertNotIn(name, plain)
            self.assertRegex(human[name], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$")

    def test_error_trace(self):
        plain = json.loads(server.call("POST", "/_query", {"query": "FROM"})[2])
        traced = json.loads(server.call("POST", "/_query?error_trace=true", {"query": "FROM"})[2])
        self.assertNotIn("stack_trace", plain["error"])
        self.assertIn("stack_trace", traced["error"])
        self.assertEqual(traced["error"]["reason"], plain["error"]["reason"])

    def test_unknown_parameters(self):
        status, _, body = server.call("POST", "/_query?drop_null_colums=true&zzz=1", QUERY)
        self.assertEqual(status, 400)
        self.assertEqual(
            json.loads(body)["error"]["reason"],
            "request [/_query] contains unrecognized parameters: [drop_null_colums] -> did you mean [drop_null_columns]?, [zzz]")


class Methods(unittest.TestCase):
    def test_head_says_what_get_would(self):
        for path in ("/", "/_cluster/health", "/_openapi.json", "/_cat/indices", "/_nothing", "/nowhere"):
            get, head = server.call("GET", path), server.call("HEAD", path)
            self.assertEqual((head[0], head[2]), (get[0], b""), path)
            if path == "/":
                self.assertEqual(head[1]["Content-Length"], str(len(get[2])))

    def test_a_method_that_a_path_has_not(self):
        for method, path, allowed in (("GET", "/_query", {"POST"}), ("DELETE", "/_query", {"POST"}), ("PATCH", "/_bulk", {"POST", "PUT"}), ("PUT", "/_search", {"GET", "POST"})):
            status, headers, body = server.call(method, path, b"{}" if method in ("PUT", "PATCH") else None, {"Content-Type": "application/json"})
            self.assertEqual(status, 405, path)
            self.assertLessEqual(allowed, set(re.split(r",\s*", headers["Allow"])))
            self.assertIn("Incorrect HTTP method", json.loads(body)["error"])
        self.assertEqual(server.call("OPTIONS", "/_query")[0], 200)


class Bodies(unittest.TestCase):
    def test_a_body_that_is_missing_or_of_no_known_type(self):
        status, _, body = server.call("POST", "/_query")
        self.assertEqual((status, json.loads(body)["error"]["reason"]), (400, "request body is required"))
        for value in (None, "text/plain", "nonsense", "application/json2"):
            request = b"POST /_query HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nConnection: close\r\n" + (f"Content-Type: {value}\r\n".encode() if value else b"") + b"\r\n{}"
            self.assertTrue(exchange(request).startswith(b"HTTP/1.1 406 "), value)

    def test_a_body_that_no_header_announces_is_none(self):
        answer = exchange(b"POST /_query HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n\r\n" + json.dumps(QUERY).encode())
        self.assertTrue(answer.startswith(b"HTTP/1.1 400 "), answer[:200])
        self.assertIn(b"request body is required", answer)
        self.assertNotIn(b"HTTP/1.1 200", answer)

    def test_http_1_0(self):
        body = json.dumps(QUERY).encode()
        answer = exchange(b"POST /_query?format=csv HTTP/1.0\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))
        self.assertTrue(answer.startswith(b"HTTP/1.") and b" 200 " in answer[:14] and answer.endswith(b"a,b\r\n1,two\r\n"), answer[:200])

    def test_gzip_both_ways(self):
        lines = "".join('{"index":{"_id":"%d"}}\n{"text":"%s"}\n' % (n, "many words " * 20) for n in range(200)).encode()
        status, _, body = server.call("POST", "/zipped/_bulk?refresh=true", gzip.compress(lines), {"Content-Type": "application/x-ndjson", "Content-Encoding": "gzip"})
        self.assertEqual((status, json.loads(body)["errors"]), (200, False))
        for path in ("/zipped/_search?size=200", "/_openapi.json"):
            plain = server.call("GET", path)
            zipped = server.call("GET", path, headers={"Accept-Encoding": "gzip"})
            self.assertEqual(zipped[1]["Content-Encoding"], "gzip")
            self.assertEqual(zipped[1]["Vary"], "Accept-Encoding")
            self.assertLess(len(zipped[2]) * 2, len(plain[2]))
            unzipped = zlib.decompress(zipped[2], wbits=31)
            self.assertEqual({**json.loads(unzipped), "took": 0}, {**json.loads(plain[2]), "took": 0})


class Headers(unittest.TestCase):
    def test_what_every_answer_has(self):
        status, headers, _ = server.call("POST", "/_query", QUERY, {"X-Opaque-Id": "mine"})
        self.assertEqual((status, headers["X-elastic-product"], headers["X-Opaque-Id"]), (200, "Elasticsearch", "mine"))
        self.assertRegex(headers["Took-nanos"], r"^\d+$")
        self.assertIn("No limit defined", headers["Warning"] or "No limit defined")
        phases = dict(part.strip().split(";dur=") for part in headers["Server-Timing"].split(","))
        self.assertIn("total", phases)
        self.assertTrue(all(float(duration) >= 0 for duration in phases.values()), phases)

    def test_a_version_that_is_asked_for(self):
        body = json.dumps(QUERY).encode()
        for version in (8, 9):
            asked = f"application/vnd.elasticsearch+json; compatible-with={version}"
            status, headers, _ = server.call("POST", "/_query", body, {"Content-Type": asked, "Accept": asked})
            self.assertEqual((status, headers["Content-Type"]), (200, f"application/vnd.elasticsearch+json;compatible-with={version}"))
        asked = "application/vnd.elasticsearch+json; compatible-with=7"
        status, _, answer = server.call("POST", "/_query", body, {"Content-Type": asked, "Accept": asked})
        self.assertEqual((status, json.loads(answer)["error"]["type"]), (400, "media_type_header_exception"))


def exchange(data):
    """Sends bytes, and reads until the connection ends or is quiet for a second after an answer."""
    address = server.start().removeprefix("http://").split(":")
    with socket.create_connection((address[0], int(address[1])), timeout=20) as connection:
        connection.sendall(data)
        answer = b""
        try:
            while more := connection.recv(1 << 16):
                answer += more
                connection.settimeout(1)
        except (socket.timeout, ConnectionResetError):
            pass
        return answer


if __name__ == "__main__":
    unittest.main()
