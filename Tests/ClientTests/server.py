"""A server of the program under test, for as long as the tests run."""
import atexit
import json
import os
import subprocess
import urllib.error
import urllib.request

_running = []


def start():
    """The address of a server with its data in memory; started once."""
    if not _running:
        process = subprocess.Popen(
            [os.environ["MEANWHILE_PROGRAM"], "serve", "--memory", "--developer", "--port", "0"], stdout=subprocess.PIPE, text=True)
        atexit.register(process.kill)
        for line in process.stdout:
            if " listens on http" in line:
                _running.append((line.split("listens on ")[1].split()[0], process))
                break
        else:
            raise RuntimeError(f"the server ended with status {process.wait()}")
    return _running[0][0]


def process():
    start()
    return _running[0][1]


def call(method, path, body=None, headers=None):
    """Status, headers and bytes, whatever the status."""
    if isinstance(body, (dict, list)):
        body, headers = json.dumps(body).encode(), {"Content-Type": "application/json", **(headers or {})}
    request = urllib.request.Request(start() + path, data=body, method=method, headers=headers or {})
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.status, answer.headers, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.headers, error.read()
