"""Runs the command under test in an empty directory of its own and keeps what it prints.

Each test file ends with harness.main(); its first argument is the command: `run_test.py build/wasmrun [test...]`.
"""

import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

BINARY = None


class CommandTest(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix='wasmrun-cli-'))
        self.addCleanup(shutil.rmtree, self.directory, ignore_errors=True)

    def file(self, name, contents):
        """Writes a file and gives its name."""
        path = self.directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(contents)
        return name

    def run_command(self, *words, stdin=b'', env=None, **options):
        """Runs it; the result has returncode, and stdout and stderr as text."""
        environment = {'PATH': os.environ.get('PATH', ''), **(env or {})}
        for name in ('ASAN_OPTIONS', 'UBSAN_OPTIONS'):
            if name in os.environ:
                environment[name] = os.environ[name]
        options.setdefault('stdout', subprocess.PIPE)
        options.setdefault('stderr', subprocess.PIPE)
        done = subprocess.run([BINARY, *words], input=stdin, cwd=self.directory, env=environment, timeout=60, **options)
        done.stdout = (done.stdout or b'').decode('utf-8', 'backslashreplace')
        done.stderr = (done.stderr or b'').decode('utf-8', 'backslashreplace')
        return done

    def check(self, *words, code=0, stdout='', stderr='', **options):
        """Runs it and compares everything exactly."""
        done = self.run_command(*words, **options)
        self.assertEqual((done.returncode, done.stdout, done.stderr), (code, stdout, stderr), words)
        return done

    def check_error(self, *words, code, contains, **options):
        """Runs it and expects the exit code and each of the texts in what it says on stderr."""
        done = self.run_command(*words, **options)
        self.assertEqual(done.returncode, code, f'{words}: {done.stderr}')
        for text in [contains] if isinstance(contains, str) else contains:
            self.assertIn(text, done.stderr, words)
        self.assertTrue(done.stderr.startswith('Error: '), done.stderr)
        return done


def main():
    global BINARY
    if len(sys.argv) < 2:
        sys.exit('usage: THIS_TEST.py WASMRUN [test...]')
    BINARY = os.path.abspath(sys.argv.pop(1))
    unittest.main(module='__main__')
