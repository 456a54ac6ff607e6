"""Programs to measure, and the TOML manifest that lists them.

A manifest is a list of `[[program]]` tables; paths in it are relative to the manifest's folder. bench/README.md shows
the fields. A mistake is reported with the manifest's name and the program it is in, and nothing is guessed.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


class ManifestError(Exception):
    """A manifest that cannot be used; the message says which entry and why."""


@dataclass(frozen=True)
class Program:
    """One command to measure, and what it must print. Exactly one of `wasm` and `source` comes from the manifest."""

    name: str
    wasm: Path | None = None  # the module; for a source, filled in once it is compiled
    source: Path | None = None  # what the runner compiles: C to `wasm` and `native`, .wat to `wasm`
    cflags: tuple[str, ...] = ()  # for the wasm build of `source` alone
    native: Path | None = None  # an executable that does the same work
    args: tuple[str, ...] = ()
    dir: Path | None = None  # the engine's working directory, and the guest's only preopened one, as /
    stdin: Path | None = None
    env: Mapping[str, str] = field(default_factory=dict)
    keep: str | None = None  # only output lines this regular expression is found in are compared
    stdout: str | None = None  # the kept output, literally
    sha256: str | None = None  # or its digest
    exit: int = 0
    seconds: float | None = None  # roughly, in an interpreter: what --max-seconds goes by
    tags: tuple[str, ...] = ()
    note: str = ""


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError("must be a string")
    return value


def _words(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise ValueError("must be a list of strings")
    return tuple(value)


def _pairs(value: Any) -> dict[str, str]:
    if not isinstance(value, dict) or not all(isinstance(item, str) for item in value.values()):
        raise ValueError("must be a table of strings")
    return dict(value)


def _pattern(value: Any) -> str:
    text = _text(value)
    try:
        re.compile(text)
    except re.error as error:
        raise ValueError(f"is not a regular expression: {error}") from error
    return text


def _digest(value: Any) -> str:
    text = _text(value)
    if not re.fullmatch(r"[0-9a-f]{64}", text):
        raise ValueError("must be 64 lower-case hexadecimal digits")
    return text


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or value < 0:
        raise ValueError("must be a number of seconds")
    return float(value)


def _exit_code(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= 255:
        raise ValueError("must be an exit code, 0 to 255")
    return value


_FIELDS: dict[str, Callable[[Any], Any]] = {
    "name": _text,
    "wasm": _text,
    "source": _text,
    "native": _text,
    "dir": _text,
    "stdin": _text,
    "cflags": _words,
    "args": _words,
    "tags": _words,
    "env": _pairs,
    "keep": _pattern,
    "stdout": _text,
    "sha256": _digest,
    "exit": _exit_code,
    "seconds": _number,
    "note": _text,
}
_PATHS = ("wasm", "source", "native", "dir", "stdin")


def _program(table: Any, base: Path) -> Program:
    """One `[[program]]` table; raises ValueError with the field's name."""
    if not isinstance(table, dict):
        raise ValueError("must be a [[program]] table")
    fields: dict[str, Any] = {}
    for key, value in table.items():
        if key not in _FIELDS:
            raise ValueError(f"unknown field '{key}'")
        try:
            fields[key] = _FIELDS[key](value)
        except ValueError as error:
            raise ValueError(f"'{key}' {error}") from error
    if not re.fullmatch(r"[A-Za-z0-9][\w.+-]*", fields.get("name", "")):
        raise ValueError("'name' must be a word of letters, digits and . _ + -")
    if ("wasm" in fields) == ("source" in fields):
        raise ValueError("needs either 'wasm' or 'source'")
    if "stdout" in fields and "sha256" in fields:
        raise ValueError("has both 'stdout' and 'sha256'")
    for key in _PATHS:
        if key in fields:
            fields[key] = (base / fields[key]).resolve()
    return Program(**fields)


def parse(text: str, base: Path, origin: str = "manifest") -> list[Program]:
    """The programs of a manifest's text, in order. `base` is what its paths are relative to."""
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ManifestError(f"{origin}: {error}") from error
    unknown = sorted(set(document) - {"program"})
    if unknown:
        raise ManifestError(f"{origin}: unknown key '{unknown[0]}'; entries are [[program]] tables")
    tables = document.get("program", [])
    if not isinstance(tables, list):
        raise ManifestError(f"{origin}: 'program' must be [[program]] tables")
    programs: list[Program] = []
    seen: set[str] = set()
    for number, table in enumerate(tables, 1):
        name = table.get("name", "?") if isinstance(table, dict) else "?"
        try:
            program = _program(table, base)
            if program.name in seen:
                raise ValueError("is there twice")
        except ValueError as error:
            raise ManifestError(f"{origin}: program {number} ({name}): {error}") from error
        seen.add(program.name)
        programs.append(program)
    return programs


def load(path: Path) -> list[Program]:
    """The programs of the manifest at `path`; a file that is named there and missing is an error."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ManifestError(f"cannot read {path}: {error}") from error
    programs = parse(text, path.resolve().parent, str(path))
    for program in programs:
        for key in _PATHS:
            file = getattr(program, key)
            if file is not None and not file.exists():
                raise ManifestError(f"{path}: program {program.name}: '{key}' names {file}, which does not exist")
    return programs


def select(
    programs: list[Program], wanted: list[str], tags: list[str], without: list[str], max_seconds: float | None
) -> list[Program]:
    """The programs that a run asks for: `wanted` are regular expressions on the name (any match), empty for all."""
    chosen = []
    for program in programs:
        if wanted and not any(re.search(pattern, program.name) for pattern in wanted):
            continue
        if tags and not set(tags) & set(program.tags):
            continue
        if set(without) & set(program.tags):
            continue
        if max_seconds is not None and program.seconds is not None and program.seconds > max_seconds:
            continue
        chosen.append(program)
    return chosen
