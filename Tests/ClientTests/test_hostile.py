"""What an honest client never sends. Whatever it is: no 5xx, no crash, no hang, no memory that grows with it."""
import gzip
import json
import socket
import time
import unittest
import zlib

import server

HOST = "Host: x\r\n"


def raw(data, wait=20, chunk=None):
    """Sends bytes, and reads until the connection ends or is quiet for a second after an answer."""
    address = server.start().removeprefix("http://").split(":")
    with socket.create_connection((address[0], int(address[1])), timeout=wait) as connection:
        try:
            connection.sendall(data)
        except (BrokenPipeError, ConnectionResetError):
            pass
        answer = b""
        try:
            while True:
                connection.settimeout(1 if answer else wait)
                more = connection.recv(1 << 16)
                if not more:
                    break
                answer += more
        except (socket.timeout, ConnectionResetError):
            pass
        return answer


def statuses(answer):
    return [int(line.split()[1]) for line in answer.split(b"\r\n") if line.startswith(b"HTTP/1.1 ")]


class Hostile(unittest.TestCase):
    def tearDown(self):
        self.assertIsNone(server.process().poll(), "the server has ended")
        self.assertEqual(server.call("GET", "/")[0], 200)

    def refused(self, status, body=b""):
        self.assertTrue(400 <= status < 500, f"{status} {body[:300]}")


class Framing(Hostile):
    def test_requests_with_two_lengths_are_never_two_requests(self):
        hidden = "GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n"
        shapes = {
            "both": f"POST /_query HTTP/1.1\r\n{HOST}Content-Type: application/json\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n{hidden}",
            "twice": f"POST /_query HTTP/1.1\r\n{HOST}Content-Length: 0\r\nContent-Length: {len(hidden)}\r\n\r\n{hidden}",
            "negative": f"POST /_query HTTP/1.1\r\n{HOST}Content-Length: -1\r\n\r\n{hidden}",
            "plus": f"POST /_query HTTP/1.1\r\n{HOST}Content-Length: +5\r\n\r\n{hidden}",
            "list": f"POST /_query HTTP/1.1\r\n{HOST}Content-Length: 0, {len(hidden)}\r\n\r\n{hidden}",
            "hexadecimal": f"POST /_query HTTP/1.1\r\n{HOST}Content-Length: 0x10\r\n\r\n{hidden}",
            "blank before the colon": f"POST /_query HTTP/1.1\r\n{HOST}Transfer-Encoding : chunked\r\nContent-Length: {len(hidden)}\r\n\r\n{hidden}",
            "an unknown coding": f"POST /_query HTTP/1.1\r\n{HOST}Transfer-Encoding: xchunked\r\nContent-Length: 4\r\n\r\nabcd{hidden}",
            "a chunk's size too large": f"POST /_query HTTP/1.1\r\n{HOST}Transfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\nabc\r\n0\r\n\r\n{hidden}",
            "a chunk's size with a sign": f"POST /_query HTTP/1.1\r\n{HOST}Transfer-Encoding: chunked\r\n\r\n-1\r\nabc\r\n0\r\n\r\n{hidden}",
            "a folded header": f"POST /_query HTTP/1.1\r\n{HOST}Transfer-Encoding:\r\n chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n{hidden}",
            "line feeds alone": f"POST /_query HTTP/1.1\nHost: x\nContent-Length: 0\nTransfer-Encoding: chunked\n\n0\n\n{hidden}",
            "a NUL in a header": f"GET / HTTP/1.1\r\n{HOST}X: a\0b\r\n\r\n",
            "a bare CR in a header": f"GET / HTTP/1.1\r\n{HOST}X: a\rTransfer-Encoding: chunked\r\n\r\n",
        }
        for name, shape in shapes.items():
            with self.subTest(name):
                answer = raw(shape.encode("latin-1"))
                found = statuses(answer)
                self.assertNotIn(b"smuggled", answer)
                self.assertFalse([status for status in found if status >= 500], answer[:300])

    def test_what_is_no_http(self):
        for data in (b"\x16\x03\x01\x02\x00\x01\x00", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n", b"GET /\r\n\r\n", b"\0" * 4096, b"A" * 70000):
            with self.subTest(data[:20]):
                found = statuses(raw(data, wait=5))
                self.assertFalse([status for status in found if not 400 <= status < 506])

    def test_header_floods(self):
        many = "".join(f"X-{n}: {'v' * 50}\r\n" for n in range(5000))
        self.assertEqual(statuses(raw(f"GET / HTTP/1.1\r\n{HOST}{many}\r\n".encode()))[:1], [431])
        one = "X: " + "v" * 200_000 + "\r\n"
        self.assertEqual(statuses(raw(f"GET / HTTP/1.1\r\n{HOST}{one}\r\n".encode()))[:1], [431])
        for status in statuses(raw(("GET /" + "a" * 200_000 + f" HTTP/1.1\r\n{HOST}\r\n").encode()))[:1]:
            self.refused(status)

    def test_a_slow_sender_stops_nobody(self):
        address = server.start().removeprefix("http://").split(":")
        slow = [socket.create_connection((address[0], int(address[1]))) for _ in range(200)]
        for connection in slow:
            connection.sendall(b"POST /_query HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{")
        for _ in range(3):
            for connection in slow:
                connection.sendall(b" ")
            began = time.monotonic()
            self.assertEqual(server.call("POST", "/_query", {"query": "ROW a = 1"})[0], 200)
            self.assertLess(time.monotonic() - began, 10)
        for connection in slow:
            connection.close()

    def test_pipelined_requests_are_answered_in_order(self):
        requests = "".join(f"GET /_nothing/{n} HTTP/1.1\r\n{HOST}\r\n" for n in range(50))
        answer = raw(requests.encode())
        places = [answer.index(f"/_nothing/{n}]".encode()) for n in range(50)]
        self.assertEqual(places, sorted(places))


class Bodies(Hostile):
    TYPES = {
        "application/json": (b"[" * 100_000, b'{"a":' * 100_000, b'{"query":"\xff\xfe"}', b'{"query":"ROW a = 1"', b"\xef\xbb\xbf{}", b"nul", b"\0", b"{}" * 9),
        "application/yaml": (b"[" * 100_000, b"- " * 100_000, b"\xff\xfe", b"a: &a [*a]", b"? " * 10_000, b"%YAML 9.9\n---\n", b"!!binary x", b"a: *b"),
        "application/cbor": (b"\x81" * 100_000, b"\xa1\x61a" * 100_000, b"\x61\xff", b"\x9b" + b"\xff" * 8, b"\x5f", b"\xc2" * 100_000, b"\xbf"),
        "application/smile": (b":)\n\0" + b"\xf8" * 100_000, b":)\n\3" + b"\xfa\x80a" * 100_000, b":)\n\0\x80\xff\xff", b":)\n\3\xec\xff", b":)\n"),
    }

    def test_broken_and_deep_bodies_on_every_kind_of_endpoint(self):
        paths = ("/_query", "/_query/async", "/h/_eql/search", "/h/_search", "/h/_async_search", "/h/_doc/1", "/_bulk", "/h", "/_cluster/settings",
                 "/_index_template/t", "/h/_update/1", "/_mget", "/h/_delete_by_query", "/_enrich/policy/p", "/_aliases", "/h/_mapping")
        for media_type, bodies in self.TYPES.items():
            for path in paths:
                for body in bodies:
                    method = "PUT" if path in ("/h", "/_cluster/settings", "/_index_template/t", "/_enrich/policy/p") else "POST"
                    status, _, answer = server.call(method, path, body, {"Content-Type": media_type})
                    self.assertLess(status, 500, f"{method} {path} {media_type} {body[:20]}: {answer[:300]}")
        server.call("DELETE", "/h")

    def test_a_compression_bomb_is_a_413(self):
        compressor = zlib.compressobj(9, wbits=31)
        block = b" " * (1 << 20)
        bomb = b"".join(compressor.compress(block) for _ in range(300)) + compressor.flush()
        self.assertLess(len(bomb), 1 << 20)
        before = server.shared().resident()
        for path in ("/_query", "/_bulk", "/h/_search"):
            status, _, answer = server.call("POST", path, bomb, {"Content-Type": "application/json", "Content-Encoding": "gzip"})
            self.assertIn(status, (400, 413), answer[:200])
        self.assertLess(server.shared().resident() - before, 512 << 20)
        self.assertEqual(server.call("POST", "/_query", b"no gzip", {"Content-Type": "application/json", "Content-Encoding": "gzip"})[0], 400)
        self.assertEqual(server.call("POST", "/_query", b"{}", {"Content-Type": "application/json", "Content-Encoding": "br"})[0], 415)
        good = gzip.compress(json.dumps({"query": "ROW a = 1"}).encode())
        self.assertEqual(server.call("POST", "/_query", good, {"Content-Type": "application/json", "Content-Encoding": "gzip"})[0], 200)

    def test_a_body_that_announces_too_much(self):
        head = f"POST /_query HTTP/1.1\r\n{HOST}Content-Type: application/json\r\nContent-Length: 999999999999\r\n\r\n"
        self.assertEqual(statuses(raw(head.encode()))[:1], [413])

    def test_strings_that_a_reference_repeats(self):
        bomb = b":)\n\2\xf8\x7f" + b"a" * 64 + b"\1" * 4_000_000
        status, _, answer = server.call("POST", "/_query", bomb, {"Content-Type": "application/smile"})
        self.assertEqual(status, 413, answer[:200])

    def test_a_type_that_nobody_knows(self):
        self.assertEqual(server.call("POST", "/_query", b"x", {"Content-Type": "text/plain"})[0], 406)
        for value in ("application/json; compatible-with=7", "application/vnd.elasticsearch+json; compatible-with=7"):
            server.call("POST", "/_query", b"{}", {"Content-Type": value, "Accept": value})


class Names(Hostile):
    PATHS = ("/../../etc/passwd/_doc/1", "/..%2f..%2fetc/_doc/1", "/%2e%2e/_doc/1", "/a%00b/_doc/1", "/A/_doc/1", "/a%2Fb/_doc/1", "/a%20b/_doc/1",
             "/-a/_doc/1", "/_a/_doc/1", "/" + "a" * 300 + "/_doc/1", "/a%2C*/_doc/1", "/%3C..%2F%7Bnow%2Fd%7D%3E/_doc/1", "/%3Ca%7Bnow%2Fq%7D%3E/_doc/1", "/.%2F/_doc/1")

    def test_index_names_that_are_paths(self):
        for path in self.PATHS:
            with self.subTest(path):
                status, _, body = server.call("PUT", path, {"a": 1})
                self.refused(status, body)

    def test_ids_of_documents_are_only_ids(self):
        for name in ("..%2f..%2fx", "%2e%2e", "a%2Fb", "%E2%80%AE", "a%20b", "%5C", "%22%3E%3Cscript%3E"):
            status, _, body = server.call("PUT", f"/ids/_doc/{name}?refresh=true", {"a": 1})
            self.assertEqual(status, 201, body)
            self.assertEqual(server.call("GET", f"/ids/_doc/{name}")[0], 200)
        self.refused(server.call("PUT", "/ids/_doc/" + "x" * 600, {"a": 1})[0])
        server.call("DELETE", "/ids")

    def test_ids_of_tasks(self):
        for prefix in ("/_query/async/", "/_eql/search/", "/_async_search/", "/_plugins/_asynchronous_search/", "/_tasks/"):
            for name in ("..%2f..%2fetc%2fpasswd", "%00", "A" * 5000, "FmNJRUZ1YWZCU3dHY1BIOUhaenVSRkEaaXFlZ3h4c1RTWFNocDdnY2FSaERnUTozNDE=", "%F0%9F%92%A9", "=", "node:-1", "node:99999999999999999999"):
                with self.subTest(prefix + name[:30]):
                    self.refused(server.call("GET", prefix + name)[0])

    def test_parameters(self):
        for query in ("wait_for_completion_timeout=999999999999d", "keep_alive=-5d", "keep_alive=1.5h", "filter_path=" + "**." * 3000 + "x", "format=%00", "pretty=%ff",
                      "filter_path=" + ",".join("*a*b*c*" for _ in range(3000)), "offset=-1", "limit=99999999999999999999"):
            with self.subTest(query[:40]):
                self.assertLess(server.call("GET", "/_query/async/x?" + query)[0], 500)
                self.assertLess(server.call("GET", "/?" + query)[0], 500)


if __name__ == "__main__":
    unittest.main()
