#!/usr/bin/env python3
"""Runs the scripts of a folder, all that are in it, and compares what happens with what should.

    run.py WASMRUN FOLDER [--expected FILE ...] [--only PATH ...] [--option=OPTION ...] [--jobs N] [--summary]

FOLDER holds .wast files at any depth: the official test suite, or one of the same form. Where it has a MANIFEST.tsv,
each script in it must be there, and how often each command was run is compared with what stands there, so that nothing
is left out silently. A folder that is not there is skipped; one without a script is a failure.

FILE says which commands are known to fail. One line an entry, `#` begins a comment:

    core/gc/array.wast:101            why              the command on that line fails
    core/gc/array.wast /pattern/      why              all failures whose message the regular expression finds
    proposals/stack-switching/*.wast  why              anything may fail in these files, and something does

An entry that nothing fails for any more is a failure itself: the list only gets shorter. Entries for scripts that FOLDER
does not have say nothing.

The report is TAP, one test a script. Proposals that are off by default are switched on in their folders: FEATURES below.
"""

import argparse
import collections
import concurrent.futures
import csv
import fnmatch
import json
import os
import pathlib
import re
import subprocess
import sys
import time

TIMEOUT_SECONDS = 300

# Folder -> what its scripts need switched, with -W.
FEATURES = {
    'proposals/wide-arithmetic': ['wide-arithmetic'],
    'proposals/custom-page-sizes': ['custom-page-sizes'],
    'proposals/compact-import-section': ['compact-imports'],
}

# Columns of MANIFEST.tsv -> how wasmrun's report counts the same. `modules` has definitions too, but no bare fields.
COUNTED_COMMANDS = {
    'register': 'register', 'invoke': 'invoke', 'get': 'get', 'definition': 'module definition',
    'instance': 'module instance', 'assert_return': 'assert_return', 'assert_trap': 'assert_trap',
    'assert_trap_module': 'assert_trap module', 'assert_exhaustion': 'assert_exhaustion',
    'assert_exception': 'assert_exception', 'assert_suspension': 'assert_suspension',
    'assert_invalid': 'assert_invalid', 'assert_malformed': 'assert_malformed',
    'assert_unlinkable': 'assert_unlinkable', 'assert_invalid_custom': 'assert_invalid_custom',
    'assert_malformed_custom': 'assert_malformed_custom', 'thread': 'thread', 'wait': 'wait',
}
COUNTED_MODULES = {'text': 'text', 'binary': 'binary', 'quote': 'quote'}


class Entry:
    """One line of the list of expected failures."""

    def __init__(self, text, where):
        match = re.fullmatch(r'(\S+?)(?::(\d+))?(?:\s+/((?:[^/\\]|\\.)*)/)?\s+(\S.*)', text)
        if not match:
            raise SystemExit(f'{where}: an entry is FILE[:LINE] [/PATTERN/] REASON, not: {text}')
        self.where = where
        self.files = match[1]
        self.line = int(match[2]) if match[2] else None
        self.pattern = re.compile(match[3]) if match[3] is not None else None
        self.used = False

    def concerns(self, files):
        return any(fnmatch.fnmatchcase(file, self.files) for file in files)

    def covers(self, file, failure):
        if not fnmatch.fnmatchcase(file, self.files):
            return False
        if self.line is not None and failure['line'] != self.line:
            return False
        return self.pattern is None or self.pattern.search(failure['message']) is not None


def read_entries(path):
    entries = []
    for number, line in enumerate(path.read_text(encoding='utf-8').splitlines(), 1):
        text = line.strip()
        if text and not text.startswith('#'):
            entries.append(Entry(text, f'{path.name}:{number}'))
    return entries


def read_manifest(folder):
    path = folder / 'MANIFEST.tsv'
    if not path.exists():
        return {}
    with path.open(encoding='utf-8', newline='') as file:
        rows = csv.DictReader(file, delimiter='\t', quoting=csv.QUOTE_NONE)
        return {row['file']: row for row in rows if row['file'] != 'TOTAL'}


def chosen(files, only):
    """Those of them that are named, or in a folder that is named, by `only`; all if that is empty. In order."""
    return [file for file in sorted(files)
            if not only or any(file == each or file.startswith(each.rstrip('/') + '/') for each in only)]


def options_for(file):
    """What a script needs switched, as options of the command."""
    words = []
    for folder, features in FEATURES.items():
        if file.startswith(folder + '/'):
            words += [word for feature in features for word in ('-W', feature)]
    return words


def miscounts(row, report):
    """Where what was run differs from the manifest's row, as lines of text."""
    commands, modules = report['commands'], report['modules']
    counts = {column: commands.get(name, 0) for column, name in COUNTED_COMMANDS.items()}
    counts.update({column: modules.get(name, 0) for column, name in COUNTED_MODULES.items()})
    if 'definition' in row:
        counts['modules'] = commands.get('module', 0) + counts['definition'] - modules.get('fields', 0)
    # `other` are forms that the manifest's makers did not tell apart: components outside of assertions (those within
    # count there as text asserted to be invalid), bare fields, or else modules with an annotation before the keyword.
    other, components = int(row.get('other') or 0), commands.get('component', 0)
    if components:
        counts['assert_invalid'] += components - other
        counts['text'] += components - other
    elif not modules.get('fields'):
        counts['text'] -= other
        if 'modules' in counts:
            counts['modules'] -= other
    return [f'{column}: {counts[column]} run, {row[column]} in MANIFEST.tsv'
            for column in counts if column in row and counts[column] != int(row[column] or 0)]


class Outcome:
    """What came of one script."""

    def __init__(self, file):
        self.file = file
        self.passed = 0
        self.expected = 0
        self.skipped = 0
        self.problems = []
        self.seconds = 0.0

    def describe(self):
        parts = [f'{self.passed} passed']
        if self.expected:
            parts.append(f'{self.expected} expected to fail')
        return ', '.join(parts)


def run_script(arguments, manifest, entries, file):
    outcome = Outcome(file)
    command = [arguments.wasmrun, 'wast', '--json', *options_for(file), *arguments.option, arguments.folder / file]
    begin = time.monotonic()
    try:
        done = subprocess.run(command, capture_output=True, check=False, timeout=TIMEOUT_SECONDS, stdin=subprocess.DEVNULL)
    except subprocess.TimeoutExpired:
        outcome.problems.append(f'not done after {TIMEOUT_SECONDS} seconds')
        return outcome
    outcome.seconds = time.monotonic() - begin
    if done.returncode not in (0, 1) or not done.stdout.strip():
        said = done.stderr.decode(errors='replace').strip().splitlines()
        outcome.problems += [f'ended with exit code {done.returncode}', *said[:20]]
        return outcome
    report = json.loads(done.stdout)
    outcome.passed, outcome.skipped = report['passed'], report['skipped']
    for failure in report['failures']:
        covering = [entry for entry in entries if entry.covers(file, failure)]
        for entry in covering:
            entry.used = True
        if covering:
            outcome.expected += 1
        else:
            outcome.problems.append(f"{file}:{failure['line']}: {failure['command']}: {failure['message']}")
    if file in manifest and not any(failure['command'] == 'script' for failure in report['failures']):
        outcome.problems += miscounts(manifest[file], report)
    return outcome


def print_summary(outcomes):
    """Counts and times of each folder, as comments of the report."""
    table = collections.OrderedDict()
    for outcome in outcomes:
        row = table.setdefault(str(pathlib.PurePosixPath(outcome.file).parent), [0, 0, 0, 0, 0, 0.0])
        for i, number in enumerate((1, outcome.passed, len(outcome.problems), outcome.expected, outcome.skipped,
                                    outcome.seconds)):
            row[i] += number
    table['all'] = [sum(column) for column in zip(*table.values())] if table else [0] * 6
    print(f'# {"folder":40} {"scripts":>7} {"passed":>7} {"failed":>7} {"expected":>8} {"skipped":>7} {"seconds":>8}')
    for folder, row in table.items():
        print(f'# {folder:40} {row[0]:7} {row[1]:7} {row[2]:7} {row[3]:8} {row[4]:7} {row[5]:8.1f}')


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('wasmrun', type=os.path.abspath)
    parser.add_argument('folder', type=pathlib.Path)
    parser.add_argument('--expected', action='append', default=[], type=pathlib.Path)
    parser.add_argument('--only', action='append', default=[], metavar='PATH')
    parser.add_argument('--option', action='append', default=[])
    parser.add_argument('--jobs', type=int, default=os.cpu_count())
    parser.add_argument('--summary', action='store_true')
    arguments = parser.parse_args()

    if not arguments.folder.is_dir():
        print(f'1..0 # SKIP there is no {arguments.folder}; README.md says where the suite comes from')
        return 0
    entries = [entry for path in arguments.expected for entry in read_entries(path)]
    manifest = read_manifest(arguments.folder)
    found = {str(path.relative_to(arguments.folder)): path.stat().st_size for path in arguments.folder.rglob('*.wast')}
    wanted = chosen(found, arguments.only)
    missing = chosen(manifest.keys() - found.keys(), arguments.only)

    print(f'1..{len(wanted) + 2}', flush=True)
    with concurrent.futures.ThreadPoolExecutor(arguments.jobs) as pool:
        # The largest first, so that none of them is left for the end; reported in the order of their names.
        running = {file: pool.submit(run_script, arguments, manifest, entries, file)
                   for file in sorted(wanted, key=lambda file: -found[file])}
    outcomes = []
    for number, file in enumerate(wanted, 1):
        outcome = running[file].result()
        outcomes.append(outcome)
        print(f'{"not ok" if outcome.problems else "ok"} {number} - {file}: {outcome.describe()}')
        for problem in outcome.problems:
            print(f'# {problem}')
    stale = [] if arguments.only else [entry for entry in entries if not entry.used and entry.concerns(found)]
    print(f'{"not ok" if stale else "ok"} {len(wanted) + 1} - expected failures')
    for entry in stale:
        print(f'# {entry.where}: nothing fails for {entry.files} any more: take the line out')
    complete = bool(wanted) and not missing
    print(f'{"ok" if complete else "not ok"} {len(wanted) + 2} - all scripts are there')
    if not wanted:
        print(f'# no script to run in {arguments.folder}')
    for file in missing:
        print(f'# {file} is in MANIFEST.tsv and not in {arguments.folder}')
    if arguments.summary:
        print_summary(outcomes)
    return 1 if stale or not complete or any(outcome.problems for outcome in outcomes) else 0


if __name__ == '__main__':
    sys.exit(main())
