#!/usr/bin/env python3
"""Checks that includes only go down the floors of the house (docs/ARCHITECTURE.md draws them).

    check_floors.py ROOT

Reads the #include lines under src/, include/ and tools/wasmrun/, prints one line a violation, and exits 1 if there is
one. Rules: a folder of src/ includes itself and the folders below it; asmjit, capstone, operating system headers, the
command line's libraries and the public headers each have the folders that may include them; no file includes itself through others.
"""

import pathlib
import re
import sys

# Folder of src/ -> the folders right below it. What those may include it may include too.
FLOORS = {
    'support': [],
    'platform': ['support'],
    'wasm': ['support'],
    'text': ['wasm'],
    'gc': ['platform', 'wasm'],
    'code': ['platform', 'wasm'],
    'listing': ['code'],
    'runtime': ['gc', 'code'],
    'interp': ['runtime'],
    'masm': ['runtime'],
    'baseline': ['masm'],
    'optimizing': ['masm'],
    'engine': ['interp', 'baseline', 'optimizing', 'text', 'listing'],
    'wasi': ['engine'],
    'api': ['engine', 'wasi'],
}

# Headers of others -> the areas that may include them. An area is a folder of src/, 'include' or 'tools'.
# Of the public headers, errors and traps are words that every floor and the API's users share; so is what scripts say.
OUTSIDE = [
    (re.compile(r'asmjit/'), {'masm'}, 'asmjit'),
    (re.compile(r'capstone/'), {'listing'}, 'capstone'),
    (re.compile(r'(CLI|spdlog|fmt)/'), {'tools'}, 'a library of the command line'),
    (re.compile(r'wasmrun/(?!(error|export|script)\.h$|traps\.def$)'), {'engine', 'api', 'include', 'tools'}, 'the public API'),
    (re.compile(r'(sys|linux|asm|arpa|netinet|mach)/|(unistd|fcntl|signal|dirent|poll|dlfcn|ucontext|sched|'
                r'termios|pwd|spawn|windows)\.h$'), {'platform', 'wasi', 'tools'}, 'the operating system'),
    (re.compile(r'pthread\.h$'), {'support', 'platform', 'wasi', 'tools'}, "the operating system's threads"),
]

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')
SOURCES = {'.h', '.cpp', '.c', '.def', '.inc'}


def below(folder):
    """The folders that `folder` may include, itself among them."""
    seen, pending = set(), [folder]
    while pending:
        name = pending.pop()
        if name not in seen:
            seen.add(name)
            pending += FLOORS[name]
    return seen


def area_of(path):
    """Names the area of a path relative to the root: its folder of src/, 'include' or 'tools'."""
    return path.parts[1] if path.parts[0] == 'src' else path.parts[0]


def includes_of(root, path):
    """Yields (line number, name, quoted) for the #include lines of a file."""
    for number, line in enumerate((root / path).read_text(encoding='utf-8').splitlines(), 1):
        match = INCLUDE.match(line)
        if match:
            yield number, match[2], match[1] == '"'


def resolve(path, name, files):
    """The file of ours that `name`, included by `path`, means; None for somebody else's."""
    for candidate in (path.parent / name, pathlib.Path('src') / name, pathlib.Path('include') / name):
        if candidate in files:
            return candidate
    return None


def complaint(area, name, target):
    """What is wrong with a file of `area` including `name` (our file `target`, if it is ours); None if nothing."""
    for pattern, allowed, what in OUTSIDE:
        if pattern.match(name):
            return None if area in allowed else f'includes {what}'
    if target is None or area_of(target) in (area, 'include'):
        return None
    if area in ('include', 'tools'):
        return "reaches into src/, past the public API"
    if area_of(target) in below(area):
        return None
    return f'includes {area_of(target)}/, which is not below {area}/'


def cycles(graph):
    """Yields each include cycle a depth-first walk closes, as a list of files. Iterative: chains may be long."""
    done = set()
    for start in sorted(graph):
        trail, on_trail = [], set()
        pending = [(start, False)]
        while pending:
            file, leaving = pending.pop()
            if leaving:
                on_trail.discard(trail.pop())
                done.add(file)
            elif file in on_trail:
                yield trail[trail.index(file):] + [file]
            elif file not in done:
                trail.append(file)
                on_trail.add(file)
                pending.append((file, True))
                pending += [(target, False) for target in graph[file]]


def check(root):
    """Returns the list of violations of the tree at `root`, each a line of text."""
    found = []
    files = {path.relative_to(root) for top in ('src', 'include', 'tools/wasmrun')
             for path in (root / top).rglob('*') if path.suffix in SOURCES}
    graph = {}
    for path in sorted(files):
        area = area_of(path)
        if path.parts[0] == 'src' and area not in FLOORS:
            found.append(f'{path}: not in a folder of the house')
            continue
        graph[path] = []
        for number, name, quoted in includes_of(root, path):
            target = resolve(path, name, files) if quoted or name.startswith('wasmrun/') else None
            wrong = complaint(area, name, target)
            if wrong:
                found.append(f'{path}:{number}: {wrong} ({name})')
            if target:
                graph[path].append(target)
    graph = {path: [t for t in targets if t in graph] for path, targets in graph.items()}
    found += ['include cycle: ' + ' -> '.join(map(str, cycle)) for cycle in cycles(graph)]
    return found


def main():
    found = check(pathlib.Path(sys.argv[1]))
    print('\n'.join(found) or 'every include goes down')
    return 1 if found else 0


if __name__ == '__main__':
    sys.exit(main())
