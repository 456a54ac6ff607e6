"""A measuring session: every program in every engine, interleaved, each run checked.

Engines take turns (A B C A B C ...) so that a machine that slows down slows them all down. An engine that fails on a
program is not run on it again, and the failure stays in the results: a row never disappears.
"""

from __future__ import annotations

import errno
import hashlib
import os
import re
import signal
from collections.abc import Callable
from dataclasses import dataclass, field

from .engines import Engine
from .manifest import Program
from .process import Launcher, Run
from .stats import median


@dataclass
class Cell:
    """One program in one engine: the samples of its good runs, or why there are none."""

    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    peak_kib: list[int] = field(default_factory=list)
    digest: str = ""  # of the kept output
    error: str = ""  # '' while all is well

    @property
    def ok(self) -> bool:
        return not self.error and bool(self.wall)

    def median_of(self, metric: str) -> float | None:
        """The median of 'cpu' or 'wall' in seconds or of 'peak' in KiB; None if it failed or was not measured."""
        samples = self.peak_kib if metric == "peak" else getattr(self, metric)
        return median(samples) if self.ok and samples else None


@dataclass
class Results:
    """All of a session: `cells[program][engine]`, by name; an engine that takes no part in a program has no cell."""

    programs: list[Program]
    engines: list[Engine]
    rounds: int
    cells: dict[str, dict[str, Cell]] = field(default_factory=dict)
    interrupted: bool = False  # by the user: what was measured until then counts, the rest is missing

    @property
    def errors(self) -> list[tuple[str, str, str]]:
        """(program, engine, reason) of every failure."""
        return [
            (program, engine, cell.error)
            for program, row in self.cells.items()
            for engine, cell in row.items()
            if cell.error
        ]


def kept_output(program: Program, output: bytes) -> bytes:
    """The part of `output` that is compared: all of it, or the lines in which `keep` is found."""
    if program.keep is None:
        return output
    pattern = re.compile(program.keep.encode())
    return b"".join(line for line in output.splitlines(keepends=True) if pattern.search(line))


def _last_line(data: bytes) -> str:
    lines = data.decode(errors="replace").strip().splitlines()
    return lines[-1].strip()[:160] if lines else ""


def failure(program: Program, run: Run, timeout: float) -> str:
    """Why `run` is not a good run of `program`, or ''. What it printed is judged by `mismatch`."""
    if run.ending == "timeout":
        return f"timeout ({timeout:g} s)"
    if run.ending == "failed":
        return f"cannot start: {os.strerror(run.code or errno.ENOENT)}"
    detail = _last_line(run.stderr)
    suffix = f": {detail}" if detail else ""
    if run.ending == "signal":
        return f"killed by {signal.Signals(run.code).name}{suffix}"
    if run.code != program.exit:
        return f"exit code {run.code} instead of {program.exit}{suffix}"
    return ""


def mismatch(program: Program, output: bytes) -> str:
    """How the kept output differs from what the manifest expects, or ''."""
    if program.stdout is not None and output != program.stdout.encode():
        return f"output is {_last_line(output)!r} instead of {_last_line(program.stdout.encode())!r}"
    if program.sha256 is not None and hashlib.sha256(output).hexdigest() != program.sha256:
        return "output differs from the manifest's sha256"
    return ""


class Session:
    """Fills a Results. `say` is told about each program as it is done, `timeout` (seconds) bounds every single run."""

    def __init__(
        self, launcher: Launcher, rounds: int, warmup: int, timeout: float, say: Callable[[str], None]
    ) -> None:
        self._launcher = launcher
        self._rounds = rounds
        self._warmup = warmup
        self._timeout = timeout
        self._say = say

    def measure(self, programs: list[Program], engines: list[Engine]) -> Results:
        """Runs everything. A KeyboardInterrupt ends it early, with the results so far."""
        results = Results(programs, engines, self._rounds)
        try:
            for program in programs:
                row = {engine.name: Cell() for engine in engines if engine.supports(program)}
                results.cells[program.name] = row
                self._measure_one(program, engines, row)
                self._say(program.name)
        except KeyboardInterrupt:
            results.interrupted = True
        return results

    def _measure_one(self, program: Program, engines: list[Engine], row: dict[str, Cell]) -> None:
        for number in range(self._warmup + self._rounds):
            for engine in engines:
                cell = row.get(engine.name)
                if cell and not cell.error:
                    self._once(program, engine, cell, counted=number >= self._warmup)
        mark_disagreements(row)

    def _once(self, program: Program, engine: Engine, cell: Cell, counted: bool) -> None:
        run = self._launcher.run(
            engine.command(program, self._launcher),
            timeout=self._timeout,
            cwd=program.dir,
            env=engine.env,
            stdin=program.stdin,
        )
        output = kept_output(program, run.stdout)
        digest = hashlib.sha256(output).hexdigest()
        cell.error = failure(program, run, self._timeout) or mismatch(program, output)
        if not cell.error and cell.digest not in ("", digest):
            cell.error = "output differs from run to run"
        cell.digest = digest
        if counted and not cell.error:
            cell.wall.append(run.wall)
            cell.cpu.append(run.cpu)
            if run.peak_kib is not None:
                cell.peak_kib.append(run.peak_kib)


def mark_disagreements(row: dict[str, Cell]) -> None:
    """Marks the engines that print something else than most do (on a tie, than the first of them)."""
    good = [cell for cell in row.values() if cell.ok]
    digests = [cell.digest for cell in good]
    if len(set(digests)) < 2:
        return
    agreed = max(digests, key=digests.count)
    for cell in good:
        if cell.digest != agreed:
            cell.error = "output differs from the other engines'"
