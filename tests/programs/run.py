#!/usr/bin/env python3
"""Runs programs and compares what they print with what they should.

    run.py WASMRUN DIR [--only NAME] [--option=OPTION ...] [--cache DIR]
    run.py --native DIR [--only NAME]

A program is NAME.c, NAME.cpp or NAME.wasm with NAME.expected, its standard output. Files next to it add to that:

    NAME.flags    more compiler flags, in one line
    NAME.args     arguments, one a line
    NAME.env      NAME=VALUE, one a line
    NAME.stdin    standard input
    NAME.status   the exit code, if not 0
    NAME.stderr   lines that must each appear on standard error, in this order
    NAME.files/   the program's current directory, as a copy it may write to

Sources are compiled to wasm32-wasi by clang-19 and kept in the cache folder until they change. The report is TAP.
--native compiles them with gcc and runs them without any engine: that is where the expected output comes from, and the
proof that it is right. Programs with a .status of 134 (a trap) and those that are not C or C++ stay out of it.
"""

import argparse
import concurrent.futures
import difflib
import hashlib
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

TRAP_STATUS = 134
TIMEOUT_SECONDS = 120
SOURCES = ('.c', '.cpp', '.wasm')
GUEST = {'.c': ['clang-19'], '.cpp': ['clang++-19', '-fno-exceptions']}
NATIVE = {'.c': ['gcc-12'], '.cpp': ['g++-12']}


class Program:
    """One program of the folder and what is written next to it."""

    def __init__(self, source):
        self.source = source
        self.name = source.stem
        self.flags = self.text('.flags').split()
        self.args = self.text('.args').splitlines()
        self.env = self.text('.env').splitlines()
        self.status = int(self.text('.status') or 0)
        self.stderr = self.text('.stderr').splitlines()
        self.expected = self.beside('.expected').read_bytes()

    def beside(self, suffix):
        return self.source.with_suffix(suffix)

    def text(self, suffix):
        path = self.beside(suffix)
        return path.read_text(encoding='utf-8') if path.exists() else ''


def compiled(program, cache):
    """The module of a program, compiled unless the cache has it; raises CalledProcessError with what the compiler said."""
    if program.source.suffix not in GUEST:
        return program.source
    command = [*GUEST[program.source.suffix], '--target=wasm32-wasi', *program.flags]
    key = hashlib.sha256(' '.join(command).encode() + b'\0' + program.source.read_bytes()).hexdigest()[:16]
    module = cache / f'{program.name}-{key}.wasm'
    if not module.exists():
        cache.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=cache) as folder:
            part, whole = pathlib.Path(folder, 'part.o'), pathlib.Path(folder, f'{program.name}.wasm')
            # In two steps, and -O2 in the first alone: linking with it runs wasm-opt where there is one.
            for step in (['-O2', '-c', program.source, '-o', part], [part, '-o', whole]):
                subprocess.run([*command, *step], check=True, capture_output=True, text=True)
            whole.rename(module)
    return module


def complaints(program, done):
    """What is wrong with a finished run, as lines of text."""
    found = []
    if done.returncode != program.status:
        found.append(f'exit code {done.returncode}, expected {program.status}')
    if done.stdout != program.expected:
        found += difflib.unified_diff(program.expected.decode(errors='replace').splitlines(),
                                      done.stdout.decode(errors='replace').splitlines(),
                                      'expected', 'printed', lineterm='')
    said = done.stderr.decode(errors='replace')
    rest = iter(said.splitlines())
    for line in program.stderr:
        if not any(line in candidate for candidate in rest):
            found.append(f'standard error lacks "{line}"')
    return found + said.splitlines() if found else []


def execute(program, command, cwd, env=None):
    stdin = program.beside('.stdin')
    done = subprocess.run(command, input=stdin.read_bytes() if stdin.exists() else b'', cwd=cwd, env=env,
                          capture_output=True, check=False, timeout=TIMEOUT_SECONDS)
    return complaints(program, done)


def run(program, arguments):
    """Runs one program by the engine, or natively. Returns the complaints; raises if it could not run."""
    with tempfile.TemporaryDirectory() as folder:
        files = pathlib.Path(folder, 'files')
        has_files = program.beside('.files').is_dir()
        if has_files:
            shutil.copytree(program.beside('.files'), files)
        else:
            files.mkdir()
        if arguments.native:
            binary = pathlib.Path(folder, 'native')
            subprocess.run([*NATIVE[program.source.suffix], '-O2', '-w', '-o', binary, program.source, '-lm'],
                           check=True, capture_output=True, text=True)
            return execute(program, [binary, *program.args], files, dict(line.split('=', 1) for line in program.env))
        module = compiled(program, arguments.cache)
        command = [arguments.wasmrun, 'run', *arguments.option]
        command += [f'--env={line}' for line in program.env]
        command += ['--dir=.'] if has_files else []
        return execute(program, [*command, f'--argv0={program.name}', module, *program.args], files)


def attempt(program, arguments):
    """run(), with what went wrong around it as complaints too."""
    try:
        return run(program, arguments)
    except subprocess.CalledProcessError as error:
        return [f'does not compile: {line}' for line in (error.stderr or 'no message').splitlines()]
    except subprocess.TimeoutExpired:
        return [f'not done after {TIMEOUT_SECONDS} seconds']
    except OSError as error:
        return [str(error)]


def find(folder, only, native):
    """The programs of a folder by name. A source without an expectation is an error, so that none is forgotten."""
    sources = sorted(path for path in folder.iterdir() if path.suffix in SOURCES)
    orphans = [path.name for path in sources if not path.with_suffix('.expected').exists()]
    if orphans:
        sys.exit(f'no .expected for {", ".join(orphans)}')
    programs = [Program(path) for path in sources if only in (None, path.stem)]
    if native:
        programs = [p for p in programs if p.source.suffix in NATIVE and p.status != TRAP_STATUS]
    if not programs:
        sys.exit(f'no programs in {folder}' + (f' named {only}' if only else ''))
    return programs


def parse():
    parser = argparse.ArgumentParser(description='Runs programs and compares what they print with what they should.')
    parser.add_argument('paths', nargs='+', metavar='[WASMRUN] DIR')
    parser.add_argument('--only', help='run the program of this name alone')
    parser.add_argument('--option', action='append', default=[], help='an option for wasmrun, such as --tier=interp')
    parser.add_argument('--cache', type=pathlib.Path, default=pathlib.Path('build/guests/programs'))
    parser.add_argument('--native', action='store_true', help='compile with gcc and run without an engine')
    arguments = parser.parse_args()
    if len(arguments.paths) != (1 if arguments.native else 2):
        parser.error('give WASMRUN and DIR, or --native and DIR')
    arguments.folder = pathlib.Path(arguments.paths[-1])
    arguments.wasmrun = pathlib.Path(arguments.paths[0]).resolve()
    arguments.cache = arguments.cache.resolve()
    return arguments


def main():
    arguments = parse()
    programs = find(arguments.folder.resolve(), arguments.only, arguments.native)
    print(f'1..{len(programs)}')
    failed = 0
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        results = pool.map(lambda program: attempt(program, arguments), programs)
        for number, (program, wrong) in enumerate(zip(programs, results), 1):
            print(f'{"not ok" if wrong else "ok"} {number} - {program.name}', flush=True)
            for line in wrong:
                print(f'# {line}')
            failed += bool(wrong)
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main())
