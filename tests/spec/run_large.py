#!/usr/bin/env python3
"""Runs large generated modules and compares what their functions return with what their generator computed.

    run_large.py WASMRUN CASES [--size medium|big|huge] [--cache DIR] [--option=OPTION ...]

CASES/large/make_large.sh makes them: a NAME.expect.json each, with the modules in order, names to register them under,
calls and their results. They are run as a script of `wasmrun wast`. Made once and kept in the cache folder. The report
is TAP, one test a module; the seconds are for all of reading, compiling, linking and calling.
"""

import argparse
import hashlib
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time

TIMEOUT_SECONDS = 120


def made(cases, size, cache):
    """The folder with the modules of that size."""
    generator = cases / 'large/gen_large.py'
    key = hashlib.sha256(generator.read_bytes() + (cases / 'large/make_large.sh').read_bytes()).hexdigest()[:16]
    folder = cache / f'{size}-{key}'
    if not (folder / 'done').exists():
        folder.mkdir(parents=True, exist_ok=True)
        subprocess.run(['bash', cases / 'large/make_large.sh', folder, size], check=True, stdout=subprocess.DEVNULL)
        (folder / 'done').touch()
    return folder


def assertion(expected):
    call = f'(invoke "{expected["invoke"]}"' + ''.join(f' (i32.const {arg})' for arg in expected['args']) + ')'
    if expected['trap']:
        return f'(assert_trap {call} "")\n'
    return f'(assert_return {call} (i32.const {expected["result"]}))\n'


def write_script(expectation, script):
    expected = json.loads(expectation.read_text())
    for module in expected['modules']:
        contents = (expectation.parent / module['file']).read_bytes()
        script.write(b'(module binary "\\' + contents.hex('\\').encode() + b'")\n')
        if module['register']:
            script.write(f'(register "{module["register"]}")\n'.encode())
    script.write(''.join(assertion(each) for each in expected['asserts']).encode())
    script.flush()


def run(arguments, expectation):
    """Runs one. Returns (seconds, complaints)."""
    with tempfile.NamedTemporaryFile(suffix='.wast') as script:
        write_script(expectation, script)
        begin = time.monotonic()
        try:
            done = subprocess.run([arguments.wasmrun, 'wast', *arguments.option, script.name], capture_output=True,
                                  text=True, check=False, timeout=TIMEOUT_SECONDS)
        except subprocess.TimeoutExpired:
            return TIMEOUT_SECONDS, [f'not done after {TIMEOUT_SECONDS} seconds']
        seconds = time.monotonic() - begin
    if done.returncode == 0:
        return seconds, []
    return seconds, [f'exit code {done.returncode}', *done.stdout.splitlines()[:20], *done.stderr.splitlines()[:20]]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('wasmrun', type=os.path.abspath)
    parser.add_argument('cases', type=pathlib.Path)
    parser.add_argument('--size', choices=('medium', 'big', 'huge'), default='medium')
    parser.add_argument('--cache', type=pathlib.Path, default=pathlib.Path(tempfile.gettempdir(), 'wasmrun-large'))
    parser.add_argument('--option', action='append', default=[])
    arguments = parser.parse_args()
    if not (arguments.cases / 'large/make_large.sh').exists():
        print(f'1..0 # SKIP there is no {arguments.cases}/large/make_large.sh')
        return 0
    expectations = sorted(made(arguments.cases, arguments.size, arguments.cache).glob('*.expect.json'))
    print(f'1..{len(expectations)}', flush=True)
    failed = False
    for number, expectation in enumerate(expectations, 1):
        seconds, complaints = run(arguments, expectation)
        failed |= bool(complaints)
        name = expectation.name.removesuffix('.expect.json')
        print(f'{"not ok" if complaints else "ok"} {number} - {name}: {seconds:.2f} s', flush=True)
        for line in complaints:
            print(f'# {line}')
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main())
