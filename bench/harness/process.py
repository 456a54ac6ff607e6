"""One measured run of one command: time, memory, how it ended and what it printed.

`bench/launch.c` does the measuring (it says why); without a C compiler os.wait4 takes over and peak memory is unknown.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

OUTPUT_LIMIT = 64 << 20  # bytes of output that are read back; more than that is not a benchmark


@dataclass(frozen=True)
class Run:
    """What one run cost and how it ended. `cpu` is user + system time, in seconds like `wall`."""

    wall: float
    cpu: float
    peak_kib: int | None
    ending: str  # "exit", "signal", "timeout" or "failed" (could not be started)
    code: int  # exit code, signal number or errno
    stdout: bytes
    stderr: bytes


class Launcher:
    """Runs commands; owns a temporary folder, so use it as a context manager. One run at a time."""

    def __init__(self, compiler: str | None) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="wasmrun-bench-")
        self.folder = Path(self._folder.name)
        self.empty = self.folder / "empty"  # the working directory of programs that name none
        self.empty.mkdir()
        self._launch = self._build(compiler) if compiler else None

    def __enter__(self) -> Launcher:
        return self

    def __exit__(self, *_: object) -> None:
        self._folder.cleanup()

    @property
    def measures_memory(self) -> bool:
        return self._launch is not None

    def _build(self, compiler: str) -> Path | None:
        binary = self.folder / "launch"
        source = Path(__file__).resolve().parent.parent / "launch.c"
        done = subprocess.run([compiler, "-O2", str(source), "-o", str(binary)], capture_output=True, check=False)
        return binary if done.returncode == 0 else None

    def run(
        self,
        command: Sequence[str],
        *,
        timeout: float,
        cwd: Path | None = None,
        env: Mapping[str, str] | None = None,
        stdin: Path | None = None,
    ) -> Run:
        """Runs `command` to its end or until `timeout` seconds have passed. Never raises for what the command does."""
        environment = {**os.environ, **(env or {})}
        out_path, err_path = self.folder / "stdout", self.folder / "stderr"
        with open(stdin or os.devnull, "rb") as source, open(out_path, "wb") as out, open(err_path, "wb") as err:
            streams = {"stdin": source, "stdout": out, "stderr": err, "cwd": cwd or self.empty, "env": environment}
            if self._launch:
                measured = self._launched(command, timeout, streams)
            else:
                measured = _waited(command, timeout, streams)
        wall, cpu, peak, ending, code = measured
        return Run(wall, cpu, peak, ending, code, _head(out_path), _head(err_path))

    def _launched(
        self, command: Sequence[str], timeout: float, streams: dict[str, object]
    ) -> tuple[float, float, int | None, str, int]:
        report = self.folder / "report"
        report.unlink(missing_ok=True)
        prefix = [str(self._launch), str(max(1, round(timeout * 1000))), str(report)]
        subprocess.run([*prefix, *command], check=False, **streams)  # type: ignore[call-overload]
        try:
            wall, user, system, peak, ending, code = report.read_text(encoding="ascii").split()
        except (OSError, ValueError):
            return 0.0, 0.0, None, "failed", 0
        return int(wall) / 1e9, (int(user) + int(system)) / 1e6, int(peak), ending, int(code)


def _waited(
    command: Sequence[str], timeout: float, streams: dict[str, object]
) -> tuple[float, float, int | None, str, int]:
    """The same without launch.c."""
    start = time.monotonic()
    try:
        child = subprocess.Popen(command, start_new_session=True, **streams)  # type: ignore[call-overload]
    except OSError as error:
        return 0.0, 0.0, None, "failed", error.errno or 0
    expired = threading.Event()

    def stop() -> None:
        expired.set()
        os.killpg(child.pid, signal.SIGKILL)

    timer = threading.Timer(timeout, stop)
    timer.start()
    _, status, usage = os.wait4(child.pid, 0)
    timer.cancel()
    child.returncode = os.waitstatus_to_exitcode(status)
    wall = time.monotonic() - start
    if expired.is_set():
        ending, code = "timeout", 0
    elif child.returncode < 0:
        ending, code = "signal", -child.returncode
    else:
        ending, code = "exit", child.returncode
    return wall, usage.ru_utime + usage.ru_stime, None, ending, code


def _head(path: Path) -> bytes:
    with open(path, "rb") as file:
        return file.read(OUTPUT_LIMIT)


def find_compiler() -> str | None:
    """A C compiler for the host: $CC, else clang 19, else whatever there is."""
    for name in (os.environ.get("CC"), "clang-19", "clang", "cc"):
        found = shutil.which(name) if name else None
        if found:
            return found
    return None
