"""The engines a run compares: where each is looked for, and how each is asked to run a program.

An engine is a binary in one mode (a tier, a set of flags). A row of ENGINES says the mode's name, which binary it
needs, the flags and environment of the mode, and which dialect of command line the binary speaks. The binary NAME comes
from --path NAME=FILE, the environment variable NAME in capitals (WASM3=...), or $PATH; NAME_FLAGS adds words to each
command line of it. An engine counts as found when it runs a module that does nothing.
"""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from .manifest import Program
from .process import Launcher

HOST_SCRIPT = Path(__file__).resolve().parent / "wasi_host.mjs"
STACK_BYTES = 8 << 20  # for engines whose default is too small for real programs

# A module that exports an empty _start: what an engine must be able to run.
EMPTY_COMMAND = bytes.fromhex(
    "0061736d01000000010401600000030201000503010001071302065f73746172740000066d656d6f727902000a040102000b"
)
# A module `bench` that exports the empty functions start and end, which sightglass programs import.
EMPTY_BENCH = bytes.fromhex(
    "0061736d010000000104016000000303020000070f02057374617274000003656e6400010a070202000b02000b"
)


@dataclass(frozen=True)
class Engine:
    """A found engine: `command` makes the argument vector that runs a program in it."""

    name: str
    binary: Path | None  # None for native code, where each program is its own binary
    flags: tuple[str, ...] = ()
    env: Mapping[str, str] = field(default_factory=dict)
    dialect: Callable[[Engine, Program, Launcher], list[str]] | None = None
    version: str = ""
    lacks: frozenset[str] = frozenset()

    def supports(self, program: Program) -> bool:
        """Whether the engine takes part in `program` at all; what it does not support by design is no failure."""
        if self.lacks & set(program.tags):
            return False
        return self.binary is not None or program.native is not None

    def command(self, program: Program, launcher: Launcher) -> list[str]:
        if self.dialect is None:
            return [str(program.native), *program.args]
        return self.dialect(self, program, launcher)


# -- Dialects ----------------------------------------------------------------------------------------------------------


def _head(engine: Engine) -> list[str]:
    return [str(engine.binary), *engine.flags]


def _tail(program: Program) -> list[str]:
    return [str(program.wasm), *program.args]


def _each_env(program: Program, option: str) -> list[str]:
    return [word for key, value in program.env.items() for word in (option, f"{key}={value}")]


def _wasmrun(engine: Engine, program: Program, launcher: Launcher) -> list[str]:
    folder = ["--dir", ".::/"] if program.dir else []
    return [*_head(engine), *folder, *_each_env(program, "--env"), *_tail(program)]


def _wasm3(engine: Engine, program: Program, launcher: Launcher) -> list[str]:
    return [*_head(engine), "--stack-size", str(STACK_BYTES), *_tail(program)]  # preopens the working directory itself


def _iwasm(engine: Engine, program: Program, launcher: Launcher) -> list[str]:
    folder = ["--map-dir=/::."] if program.dir else []
    env = [f"--env={key}={value}" for key, value in program.env.items()]
    return [*_head(engine), f"--stack-size={STACK_BYTES}", *folder, *env, *_tail(program)]


def _wasmtime(engine: Engine, program: Program, launcher: Launcher) -> list[str]:
    folder = ["--dir", ".::/"] if program.dir else []
    bench: list[str] = []
    if "bench-imports" in program.tags:
        module = launcher.folder / "bench.wasm"
        module.write_bytes(EMPTY_BENCH)
        bench = ["--preload", f"bench={module}"]
    return [str(engine.binary), "run", *engine.flags, *folder, *_each_env(program, "--env"), *bench, *_tail(program)]


def _wazero(engine: Engine, program: Program, launcher: Launcher) -> list[str]:
    folder = ["-mount=.:/"] if program.dir else []
    env = [f"-env={key}={value}" for key, value in program.env.items()]
    return [str(engine.binary), "run", *engine.flags, *folder, *env, *_tail(program)]


def _javascript(engine: Engine, program: Program, launcher: Launcher) -> list[str]:
    folder = ["--dir", ".::/"] if program.dir else []
    return [*_head(engine), str(HOST_SCRIPT), *folder, *_each_env(program, "--env"), *_tail(program)]


# -- The table ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Mode:
    """One row: an engine in one mode."""

    name: str
    binary: str
    dialect: Callable[[Engine, Program, Launcher], list[str]]
    flags: tuple[str, ...] = ()
    env: Mapping[str, str] = field(default_factory=dict)
    default: bool = True  # whether a run that names no engines takes it
    lacks: frozenset[str] = frozenset()  # tags of programs that the engine does not support by design


_NODE = ("--no-warnings", "--stack-size=3900")  # V8's default stack is smaller than the 8 MB that the others give
_WAZERO_LACKS = frozenset({"bench-imports", "exceptions", "gc"})
_JSC_NO_OPTIMIZING = {"BUN_JSC_useOMGJIT": "0"}
_JSC_INTERPRETER = {"BUN_JSC_useBBQJIT": "0", **_JSC_NO_OPTIMIZING}

ENGINES: tuple[Mode, ...] = (
    Mode("wasmrun", "wasmrun", _wasmrun),
    Mode("wasmrun-interp", "wasmrun", _wasmrun, ("--tier=interp",)),
    Mode("wasmrun-baseline", "wasmrun", _wasmrun, ("--tier=baseline",)),
    Mode("wasmrun-opt", "wasmrun", _wasmrun, ("--tier=opt",)),
    Mode("wasm3", "wasm3", _wasm3, lacks=frozenset({"simd", "exceptions", "gc", "threads"})),
    Mode("iwasm", "iwasm", _iwasm, lacks=frozenset({"exceptions"})),
    Mode("wasmtime", "wasmtime", _wasmtime),
    Mode("wasmtime-winch", "wasmtime", _wasmtime, ("-C", "compiler=winch"), default=False),
    Mode("wasmtime-pulley", "wasmtime", _wasmtime, ("--target", "pulley64"), default=False),
    Mode("wazero", "wazero", _wazero, lacks=_WAZERO_LACKS),
    Mode("wazero-interp", "wazero", _wazero, ("-interpreter",), default=False, lacks=_WAZERO_LACKS),
    Mode("node", "node", _javascript, _NODE),
    Mode("node-liftoff", "node", _javascript, (*_NODE, "--liftoff-only", "--no-wasm-lazy-compilation"), default=False),
    Mode("node-turbofan", "node", _javascript, (*_NODE, "--no-liftoff", "--no-wasm-tier-up"), default=False),
    Mode("bun", "bun", _javascript, default=False),
    Mode("bun-bbq", "bun", _javascript, env=_JSC_NO_OPTIMIZING, default=False),
    Mode("bun-interp", "bun", _javascript, env=_JSC_INTERPRETER),
)


# -- Finding them ------------------------------------------------------------------------------------------------------


def find_binary(name: str, paths: Mapping[str, str]) -> Path | None:
    """The file of binary `name`: --path first, then its environment variable, then wasmrun's build folder and $PATH."""
    named = paths.get(name) or os.environ.get(name.upper())
    if named:
        found = shutil.which(named)
        return Path(found).absolute() if found else None
    if name == "wasmrun":
        built = Path(__file__).resolve().parents[2] / "build" / "wasmrun"
        if built.exists():
            return built
    found = shutil.which(name)
    return Path(found).absolute() if found else None


def _version(binary: Path) -> str:
    for option in ("--version", "version"):
        try:
            done = subprocess.run([str(binary), option], capture_output=True, timeout=20, check=False)
        except (OSError, subprocess.TimeoutExpired):
            return ""
        lines = (done.stdout or done.stderr).decode(errors="replace").strip().splitlines()
        if done.returncode == 0 and lines:
            return lines[0].strip()
    return ""


def _failure(engine: Engine, launcher: Launcher) -> str:
    """Why `engine` cannot run the empty module, or '' when it can."""
    module = launcher.folder / "empty.wasm"
    module.write_bytes(EMPTY_COMMAND)
    run = launcher.run(engine.command(Program("empty", wasm=module), launcher), timeout=20, env=engine.env)
    if run.ending == "exit" and run.code == 0:
        return ""
    lines = run.stderr.decode(errors="replace").strip().splitlines()
    return lines[0] if lines else f"{run.ending} {run.code}"


def find_engines(
    wanted: list[str], paths: Mapping[str, str], launcher: Launcher
) -> tuple[list[Engine], dict[str, str]]:
    """This machine's engines in the table's order, and why the others are left out (name -> reason).

    `wanted` names modes; empty for the default ones, and `native` asks for native code. Unknown names raise ValueError.
    """
    known = [mode.name for mode in ENGINES] + ["native"]
    for name in wanted:
        if name not in known:
            raise ValueError(f"no engine '{name}'; there are: {', '.join(known)}")
    found: list[Engine] = []
    missing: dict[str, str] = {}
    versions: dict[Path, str] = {}
    for mode in ENGINES:
        if mode.name not in wanted if wanted else not mode.default:
            continue
        binary = find_binary(mode.binary, paths)
        if binary is None:
            missing[mode.name] = (
                f"no {mode.binary}: not in $PATH; --path {mode.binary}=FILE or {mode.binary.upper()}=FILE"
            )
            continue
        extra = tuple(shlex.split(os.environ.get(f"{mode.binary.upper()}_FLAGS", "")))
        if binary not in versions:
            versions[binary] = _version(binary)
        engine = Engine(mode.name, binary, (*extra, *mode.flags), mode.env, mode.dialect, versions[binary], mode.lacks)
        reason = _failure(engine, launcher)
        if reason:
            missing[mode.name] = f"cannot run an empty module: {reason}"
        else:
            found.append(engine)
    if not wanted or "native" in wanted:
        found.append(Engine("native", None))
    return found, missing
