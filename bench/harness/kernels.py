"""Programs that come as C source: compiled for wasm32-wasi and for the host, by the same compiler at -O3."""

from __future__ import annotations

import dataclasses
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from .manifest import Program

_OPTIMIZE = "-O3"


class CompileError(Exception):
    """A source that does not compile; the message is the compiler's first error."""


def find_wasm_compiler() -> str | None:
    """A clang that can target wasm32-wasi."""
    return shutil.which("clang-19") or shutil.which("clang")


def _is_current(output: Path, source: Path, stamp: Path, command: str) -> bool:
    if not output.exists() or not stamp.exists() or stamp.read_text(encoding="utf-8") != command:
        return False
    return output.stat().st_mtime >= source.stat().st_mtime


def _compile(command: Sequence[str], source: Path, output: Path) -> None:
    """Runs the compiler unless `output` is newer than `source` and came from the same command line."""
    full = [*command, str(source), "-lm", "-o", str(output)]
    stamp = output.with_name(output.name + ".cmd")
    if _is_current(output, source, stamp, " ".join(full)):
        return
    done = subprocess.run(full, capture_output=True, check=False)
    if done.returncode != 0:
        lines = done.stderr.decode(errors="replace").strip().splitlines()
        errors = [line for line in lines if "error" in line] or lines or ["no message"]
        raise CompileError(f"{source.name}: {errors[0]}")
    stamp.write_text(" ".join(full), encoding="utf-8")


def build(program: Program, folder: Path, want_native: bool) -> Program:
    """`program` with `wasm` (and `native`) filled in if it is a source, else as it is. Raises CompileError."""
    if program.source is None:
        return program
    compiler = find_wasm_compiler()
    if compiler is None:
        raise CompileError(f"{program.source.name}: no clang to compile it with")
    folder.mkdir(parents=True, exist_ok=True)
    wasm = folder / f"{program.name}.wasm"
    _compile([compiler, "--target=wasm32-wasi", _OPTIMIZE, *program.cflags], program.source, wasm)
    native = None
    if want_native:
        native = folder / program.name
        _compile([compiler, _OPTIMIZE, "-ffp-contract=off"], program.source, native)  # wasm has no fused operations
    return dataclasses.replace(program, wasm=wasm, native=native)
