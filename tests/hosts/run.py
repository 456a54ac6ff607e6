#!/usr/bin/env python3
"""Runs programs of languages with objects (Java, Dart, Kotlin ...) and compares what they print with what they should.

    run.py WASMRUN MANAGED_HOST FOLDER [--only NAME]

programs.toml says which programs, and where in FOLDER their modules are; none of them is part of this repository. A
program whose module is not there is skipped. Each runs with every collector, and with objects that move at every
allocation in a heap that is verified; in the interpreter and as machine code. The report is TAP, one test a program and mode.
"""

import argparse
import concurrent.futures
import difflib
import os
import pathlib
import platform
import subprocess
import sys
import tempfile
import time
import tomllib

TIMEOUT_SECONDS = 300
STRESS = ['-C', 'gc-stress', '-C', 'gc-verify']
MODES = {
    'generational': [],
    'copying': ['-C', 'collector=copying'],
    'null': ['-C', 'collector=null'],
    'stress': STRESS,
    'copying-stress': [*STRESS, '-C', 'collector=copying'],
}
if platform.machine() == 'x86_64':  # where there is machine code
    MODES |= {
        'baseline': ['-O', 'tier=baseline'],
        'mixed': ['-O', 'tier-up=random:7'],
        'baseline-stress': [*STRESS, '-O', 'tier=baseline'],
        'mixed-stress': [*STRESS, '-O', 'tier-up=random:7'],
    }


def command_of(program, mode, arguments):
    module = (arguments.folder / program['module']).resolve()
    words = [str(word) for word in program.get('args', [])]
    if 'host' in program:
        return [arguments.managed_host, *MODES[mode], '--sum', program['host'], module, *words]
    return [arguments.wasmrun, 'run', *MODES[mode], '--dir', '.', module, *words]


def run(program, mode, arguments):
    """What is wrong, as lines of text, and how long it took."""
    with tempfile.TemporaryDirectory() as folder:
        for name, text in program.get('files', {}).items():
            pathlib.Path(folder, name).write_text(text, encoding='utf-8')
        begin = time.monotonic()
        try:
            done = subprocess.run(command_of(program, mode, arguments), cwd=folder, capture_output=True, check=False,
                                  stdin=subprocess.DEVNULL, timeout=TIMEOUT_SECONDS)
        except subprocess.TimeoutExpired:
            return [f'not done after {TIMEOUT_SECONDS} seconds'], TIMEOUT_SECONDS
        seconds = time.monotonic() - begin
    found = [] if done.returncode == 0 else [f'exit code {done.returncode}']
    printed, expected = done.stdout.decode(errors='replace'), program['output'].lstrip('\n')
    if printed != expected:
        found += difflib.unified_diff(expected.splitlines(), printed.splitlines(), 'expected', 'printed', lineterm='')
    return (found + done.stderr.decode(errors='replace').splitlines() if found else []), seconds


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('wasmrun', type=os.path.abspath)
    parser.add_argument('managed_host', type=os.path.abspath)
    parser.add_argument('folder', type=pathlib.Path)
    parser.add_argument('--only', default='')
    arguments = parser.parse_args()

    programs = tomllib.loads(pathlib.Path(__file__).with_name('programs.toml').read_text(encoding='utf-8'))['program']
    tests = [(program, mode) for program in programs if arguments.only in program['name']
             for mode in program.get('modes', MODES) if mode in MODES]
    if not any((arguments.folder / program['module']).exists() for program, _ in tests):
        print(f'1..0 # SKIP there is no module in {arguments.folder}')
        return 0
    print(f'1..{len(tests)}', flush=True)
    failed = False
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        running = [pool.submit(run, program, mode, arguments)
                   if (arguments.folder / program['module']).exists() else None for program, mode in tests]
        for number, ((program, mode), future) in enumerate(zip(tests, running), 1):
            name = f'{program["name"]} {mode}'
            if future is None:
                print(f'ok {number} - {name} # SKIP there is no {program["module"]}')
                continue
            problems, seconds = future.result()
            failed |= bool(problems)
            print(f'{"not ok" if problems else "ok"} {number} - {name}: {seconds:.1f} s', flush=True)
            for line in problems:
                print(f'# {line}')
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main())
