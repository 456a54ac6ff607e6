"""Programs that come as source: C, compiled for wasm32-wasi and for the host by the same compiler at -O3, or the text
format, for what no C compiler makes."""

from __future__ import annotations

import dataclasses
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from .manifest import Program

_OPTIMIZE = "-O3"
_ASSEMBLER = Path(__file__).resolve().parents[2] / "build" / "bench_assemble"
_PRELUDE = "kernel.wat"  # beside a source in the text format: fields that come before its own


class CompileError(Exception):
    """A source that does not compile; the message is the compiler's first error."""


def find_wasm_compiler() -> str | None:
    """A clang that can target wasm32-wasi."""
    return shutil.which("clang-19") or shutil.which("clang")


def _is_current(output: Path, sources: Sequence[Path], stamp: Path, command: str) -> bool:
    if not output.exists() or not stamp.exists() or stamp.read_text(encoding="utf-8") != command:
        return False
    return all(output.stat().st_mtime >= source.stat().st_mtime for source in sources)


def _make(command: Sequence[str], sources: Sequence[Path], output: Path) -> None:
    """Runs the compiler unless `output` is newer than its sources and came from the same command line."""
    stamp = output.with_name(output.name + ".cmd")
    if _is_current(output, sources, stamp, " ".join(command)):
        return
    done = subprocess.run(command, capture_output=True, check=False)
    if done.returncode != 0:
        lines = done.stderr.decode(errors="replace").strip().splitlines()
        errors = [line for line in lines if "error" in line] or lines or ["no message"]
        raise CompileError(f"{sources[-1].name}: {errors[0]}")
    stamp.write_text(" ".join(command), encoding="utf-8")


def _compile(command: Sequence[str], source: Path, output: Path) -> None:
    _make([*command, str(source), "-lm", "-o", str(output)], [source], output)


def _assemble(source: Path, output: Path) -> None:
    if not _ASSEMBLER.exists():
        raise CompileError(f"{source.name}: no {_ASSEMBLER} to assemble it with; ./dev build bench_assemble")
    prelude = source.with_name(_PRELUDE)
    sources = [prelude, source] if prelude.exists() else [source]
    _make([str(_ASSEMBLER), str(output), *map(str, sources)], sources, output)


def build(program: Program, folder: Path, want_native: bool) -> Program:
    """`program` with `wasm` (and `native`) filled in if it is a source, else as it is. Raises CompileError."""
    if program.source is None:
        return program
    folder.mkdir(parents=True, exist_ok=True)
    wasm = folder / f"{program.name}.wasm"
    if program.source.suffix == ".wat":
        _assemble(program.source, wasm)
        return dataclasses.replace(program, wasm=wasm)
    compiler = find_wasm_compiler()
    if compiler is None:
        raise CompileError(f"{program.source.name}: no clang to compile it with")
    _compile([compiler, "--target=wasm32-wasi", _OPTIMIZE, *program.cflags], program.source, wasm)
    native = None
    if want_native:
        native = folder / program.name
        _compile([compiler, _OPTIMIZE, "-ffp-contract=off"], program.source, native)  # wasm has no fused operations
    return dataclasses.replace(program, wasm=wasm, native=native)
