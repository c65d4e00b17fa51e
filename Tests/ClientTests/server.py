"""Servers of the program under test, for as long as the tests run."""
import atexit
import json
import os
import subprocess
import urllib.error
import urllib.request


class Server:
    """A server with its data in memory, on a port of its own."""

    def __init__(self):
        self.process = subprocess.Popen(
            [os.environ["MEANWHILE_PROGRAM"], "serve", "--memory", "--developer", "--port", "0"], stdout=subprocess.PIPE, text=True)
        atexit.register(self.process.kill)
        for line in self.process.stdout:
            if " listens on http" in line:
                self.address = line.split("listens on ")[1].split()[0]
                break
        else:
            raise RuntimeError(f"the server ended with status {self.process.wait()}")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()

    def load(self):
        """Something to be found by those who ask for anything."""
        lines = "".join('{"index":{"_id":"%d"}}\n%s\n' % (n, json.dumps({"n": n, "s": f"text {n}", "@timestamp": f"2020-01-01T00:00:{n:02}Z"})) for n in range(50))
        self.call("POST", "/things/_bulk?refresh=true", lines.encode(), {"Content-Type": "application/x-ndjson"})

    def resident(self):
        with open(f"/proc/{self.process.pid}/statm") as file:
            return int(file.read().split()[1]) * 4096

    def call(self, method, path, body=None, headers=None):
        """Status, headers and bytes, whatever the status."""
        if isinstance(body, (dict, list)):
            body, headers = json.dumps(body).encode(), {"Content-Type": "application/json", **(headers or {})}
        request = urllib.request.Request(self.address + path, data=body, method=method, headers=headers or {})
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return answer.status, answer.headers, answer.read()
        except urllib.error.HTTPError as error:
            return error.code, error.headers, error.read()


_shared = []


def shared():
    """The server that most tests share; started once."""
    if not _shared:
        _shared.append(Server())
    return _shared[0]


def start():
    return shared().address


def process():
    return shared().process


def call(method, path, body=None, headers=None):
    return shared().call(method, path, body, headers)
