#!/usr/bin/env python3
"""Runs an example and compares what it prints: run.py PROGRAM EXPECTED"""

import pathlib
import subprocess
import sys

program, expected = sys.argv[1:]
done = subprocess.run([program], stdin=subprocess.DEVNULL, capture_output=True, timeout=60)
wanted = pathlib.Path(expected).read_bytes()
if done.returncode != 0 or done.stdout != wanted:
    print(f'exit code {done.returncode}\n-- printed\n{done.stdout.decode()}-- expected\n{wanted.decode()}'
          f'-- standard error\n{done.stderr.decode()}')
    sys.exit(1)
