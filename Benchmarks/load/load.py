#!/usr/bin/env python3
"""Times loading: durable bulk requests to a server with a full-text index, and in the same run DuckDB's read_json of the same file and tantivy's indexing of it.

    python3 load.py generate FILE --rows 2000000
    python3 load.py measure FILE --server http://127.0.0.1:9400 --rounds 3

`generate` writes NDJSON of log lines, the same on every machine: a time, two keywords, three numbers, a text. `measure` sends it from four connections, four megabytes a
request, and waits for a refresh; then DuckDB reads the file into a table and commits that to disk, and tantivy makes an index of it through its Python binding: the text with positions, everything else by
value and as columns, documents stored. They take turns. The last line of the output is one JSON object with the figures.
"""
import argparse
import concurrent.futures
import http.client
import json
import os
import random
import statistics
import subprocess
import tempfile
import threading
import time
import urllib.parse

WORDS = (
    "accepted address answer backup balance batch began branch cable cancelled certificate channel checkpoint client clock closed cluster "
    "commit copied daemon delayed device driver dropped empty ended entry expected failed fetch forwarded frame gateway granted handle "
    "idle invalid journal key late lease limit link lock lost mirror missed node opened"
).split()
MAPPING = {
    "time": "date", "host": "keyword", "zone": "keyword", "code": "integer", "size": "long", "seconds": "double", "text": "text",
}
BATCH_BYTES = 4 << 20


def generate(path, rows):
    chance = random.Random(20)
    weights = [1 / (rank + 1) for rank in range(len(WORDS))]
    now = 1_750_000_000_000
    with open(path, "w") as out:
        for _ in range(rows):
            now += int(chance.expovariate(1 / 900))
            line = {
                "time": now,
                "host": f"node-{chance.randrange(800):03d}",
                "code": chance.choices((200, 204, 302, 404, 500), (78, 8, 4, 7, 3))[0],
                "size": int(chance.lognormvariate(7, 1.4)),
                "seconds": round(chance.gammavariate(2, 0.02), 6),
                "text": " ".join(chance.choices(WORDS, weights, k=6)),
            }
            if chance.random() < 0.9:
                line["zone"] = f"zone-{chance.randrange(12)}"
            out.write(json.dumps(line, separators=(",", ":")) + "\n")


class Server:
    """One kept connection."""

    def __init__(self, base):
        at = urllib.parse.urlparse(base)
        self.connection = http.client.HTTPConnection(at.hostname, at.port, timeout=600)

    def call(self, method, path, body=None, kind="application/json"):
        data = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
        self.connection.request(method, path, data, {"Content-Type": kind} if data is not None else {})
        answer = self.connection.getresponse()
        text = answer.read()
        if answer.status >= 300:
            raise RuntimeError(f"{method} {path}: status {answer.status}: {text[:200]!r}")
        return text


def bodies(path):
    """Bulk requests, made before any clock runs."""
    made, lines, size, rows = [], [], 0, 0
    for line in open(path, "rb"):
        lines += [b'{"create":{}}\n', line]
        size += len(line)
        rows += 1
        if size >= BATCH_BYTES:
            made.append(b"".join(lines))
            lines, size = [], 0
    return made + ([b"".join(lines)] if lines else []), rows


def load(base, requests, rows):
    server = Server(base)
    try:
        server.call("DELETE", "/lines")
    except RuntimeError:
        pass
    server.call("PUT", "/lines", {"mappings": {"properties": {name: {"type": kind} for name, kind in MAPPING.items()}}})
    own = threading.local()

    def send(body):
        if not hasattr(own, "server"):
            own.server = Server(base)
        # Only the beginning of an answer is looked at, so that the client's JSON parser is not what is measured.
        if b'"errors":false' not in own.server.call("POST", "/lines/_bulk", body, "application/x-ndjson")[:64]:
            raise RuntimeError("a bulk request had errors")

    start = time.perf_counter()
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        list(pool.map(send, requests))
    server.call("POST", "/lines/_refresh")
    seconds = time.perf_counter() - start
    found = json.loads(server.call("GET", "/lines/_count"))["count"]
    if found != rows:
        raise RuntimeError(f"{rows} lines were loaded and {found} found")
    return seconds


def load_duckdb(path):
    import duckdb

    with tempfile.TemporaryDirectory() as folder:
        database = duckdb.connect(os.path.join(folder, "lines.duckdb"))
        start = time.perf_counter()
        database.execute(f"create table lines as select * from read_json('{path}', format='newline_delimited')")
        database.execute("checkpoint")
        seconds = time.perf_counter() - start
        database.close()
        return seconds, os.path.getsize(os.path.join(folder, "lines.duckdb"))


def load_tantivy(path):
    import tantivy

    schema = tantivy.SchemaBuilder()
    for name, kind in MAPPING.items():
        if kind == "text":
            schema.add_text_field(name, stored=True, tokenizer_name="default", index_option="position")
        elif kind == "keyword":
            schema.add_text_field(name, stored=True, fast=True, tokenizer_name="raw", index_option="basic")
        elif kind == "double":
            schema.add_float_field(name, stored=True, indexed=True, fast=True)
        else:
            schema.add_integer_field(name, stored=True, indexed=True, fast=True)
    with tempfile.TemporaryDirectory() as folder:
        index = tantivy.Index(schema.build(), path=folder)
        start = time.perf_counter()
        writer = index.writer(256 << 20, os.cpu_count())
        for line in open(path):
            writer.add_json(line)
        writer.commit()
        writer.wait_merging_threads()
        seconds = time.perf_counter() - start
        return seconds, sum(entry.stat().st_size for entry in os.scandir(folder))


def measure(options):
    requests, rows = bodies(options.file)
    gzipped = int(subprocess.run(f"gzip -6 -c '{options.file}' | wc -c", shell=True, capture_output=True, text=True, check=True).stdout)
    figures = {"rows": rows, "ndjson_bytes": os.path.getsize(options.file), "gzip_bytes": gzipped}
    peers = {"duckdb": load_duckdb, "tantivy": load_tantivy}
    ours, theirs = [], {name: [] for name in peers}
    for _ in range(options.rounds):
        ours.append(rows / load(options.server, requests, rows))
        for name, peer in peers.items():
            seconds, figures[f"{name}_bytes"] = peer(options.file)
            theirs[name].append(rows / seconds)
    figures["server_rows_per_second"] = round(statistics.median(ours))
    for name, rates in theirs.items():
        figures[f"{name}_rows_per_second"] = round(statistics.median(rates))
        figures[f"server/{name}"] = round(statistics.median(a / b for a, b in zip(ours, rates)), 3)
    print(json.dumps(figures))


parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("work", choices=["generate", "measure"])
parser.add_argument("file")
parser.add_argument("--rows", type=int, default=2_000_000)
parser.add_argument("--server", default="http://127.0.0.1:9400")
parser.add_argument("--rounds", type=int, default=3)
options = parser.parse_args()
if options.work == "generate":
    generate(options.file, options.rows)
else:
    measure(options)
