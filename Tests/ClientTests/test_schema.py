"""What a tool makes of the server's own description of itself: schemathesis reads /_openapi.json and tries every operation with whatever it can think of.

Whatever it sends, no answer is a 5xx, content types are those that were announced, and the server lives on with its memory bounded. It has a server of
its own, since it deletes and rewrites what it finds. MEANWHILE_SCHEMA_SECONDS says how long it may think (60)."""
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

import server

CHECKS = "not_a_server_error,content_type_conformance,response_schema_conformance,unsupported_method"


class Schema(unittest.TestCase):
    def test_every_operation_with_whatever_comes_to_mind(self):
        tool = pathlib.Path(sys.executable).absolute().parent / "schemathesis"
        # What the tool remembers goes with the directory that it runs in.
        with server.Server() as own, tempfile.TemporaryDirectory() as directory:
            own.load()
            run = subprocess.run(
                [tool, "run", own.address + "/_openapi.json", "--checks", CHECKS, "--phases", "fuzzing", "--seed", "1", "--workers", "2",
                 "--max-examples", "10", "--max-time", os.environ.get("MEANWHILE_SCHEMA_SECONDS", "60"), "--request-timeout", "60",
                 "--suppress-health-check", "all", "--warnings", "off", "--generation-database", "none", "--no-color"],
                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=1200, cwd=directory)
            self.assertIsNone(own.process.poll(), "the server has ended")
            self.assertEqual(own.call("GET", "/")[0], 200)
            self.assertLess(own.resident(), 1 << 30)
            self.assertEqual(run.returncode, 0, run.stdout[-20_000:])
            self.assertRegex(run.stdout, r"Tested: [1-9]")


if __name__ == "__main__":
    unittest.main()
