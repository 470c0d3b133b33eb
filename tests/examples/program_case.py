# SPDX-License-Identifier: Apache-2.0
"""What tests of the programs share: the program, sys.argv[1], run on arguments, and .npy files."""
import json
import pathlib
import struct
import subprocess
import sys
import tempfile
import unittest

PROGRAM = sys.argv[1]


def run(*arguments, **options):
    return subprocess.run([PROGRAM, *map(str, arguments)], capture_output=True, text=True, timeout=900, **options)


def npy(path, values, shape, code="d", descr="<f8"):
    """Writes a .npy file of version 1.0."""
    head = repr({"descr": descr, "fortran_order": False, "shape": tuple(shape)})
    head += " " * (63 - (10 + len(head)) % 64) + "\n"
    with open(path, "wb") as file:
        file.write(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(head)) + head.encode())
        file.write(struct.pack("<%d%s" % (len(values), code), *values))


class Case(unittest.TestCase):
    """Programs with --json: runs that must succeed or must be refused in one line, in a folder of the class."""

    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.folder = pathlib.Path(folder.name)

    def results(self, *arguments):
        path = self.folder / "results.json"
        done = run(*arguments, "--json", path)
        self.assertEqual(done.returncode, 0, done.stderr)
        return json.loads(path.read_text()), done

    def without_time(self, found):
        found = json.loads(json.dumps(found))
        del found["timings"], found["manifest"]["threads"]
        return found

    def refused(self, message, *arguments):
        got = run(*arguments)
        self.assertEqual((got.returncode, got.stdout), (1, ""), (arguments, got.stderr))
        self.assertEqual(got.stderr.count("\n"), 1, got.stderr)
        self.assertIn(message, got.stderr)
