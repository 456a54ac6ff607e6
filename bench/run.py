#!/usr/bin/env python3
"""Times WebAssembly programs in every engine this machine has, and checks that they print the same. See README.md."""

from __future__ import annotations

import argparse
import json
import os
import shutil
import signal
import sys
from collections.abc import Callable
from pathlib import Path

from harness import chart, kernels, manifest, report
from harness.engines import ENGINES, Engine, find_engines
from harness.manifest import ManifestError, Program
from harness.process import Launcher, find_compiler
from harness.session import Results, Session

HERE = Path(__file__).resolve().parent
KERNELS = HERE / "kernels" / "kernels.toml"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("pattern", nargs="*", help="only programs whose name contains one of these regular expressions")
    parser.add_argument(
        "-m",
        "--manifest",
        action="append",
        type=Path,
        default=[],
        metavar="FILE",
        help="measure this manifest's programs instead of our kernels; may be repeated",
    )
    parser.add_argument("-e", "--engines", default="", metavar="A,B", help="only these engines, in any order")
    parser.add_argument(
        "--path",
        action="append",
        default=[],
        metavar="NAME=FILE",
        help="where binary NAME is (wasm3=/opt/wasm3); the environment variable WASM3 does the same",
    )
    parser.add_argument("-n", "--rounds", type=int, default=5, help="measured rounds (default %(default)s)")
    parser.add_argument("--warmup", type=int, default=0, metavar="N", help="rounds before them that do not count")
    parser.add_argument(
        "--timeout", type=float, default=60, metavar="S", help="bound on one run (default %(default)g s)"
    )
    parser.add_argument(
        "--max-seconds",
        type=float,
        metavar="S",
        help="leave out programs whose manifest says they take longer in an interpreter",
    )
    parser.add_argument("--tag", action="append", default=[], help="only programs with one of these tags")
    parser.add_argument("--without", action="append", default=[], metavar="TAG", help="no program with this tag")
    parser.add_argument("--base", metavar="ENGINE", help="what ratios are against (default wasm3, else the first)")
    parser.add_argument(
        "--metric",
        action="append",
        choices=sorted(report.UNITS),
        default=[],
        help="tables to show: cpu (default), wall, peak; may be repeated",
    )
    parser.add_argument(
        "-o",
        "--output",
        type=Path,
        metavar="DIR",
        help="where results.json, results.md and results.svg go (default build/bench)",
    )
    parser.add_argument("--list", action="store_true", help="show the programs and the engines found, and stop")
    return parser


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _paths(options: list[str]) -> dict[str, str]:
    paths = {}
    for option in options:
        name, equals, file = option.partition("=")
        if not equals or name not in {mode.binary for mode in ENGINES}:
            raise ValueError(
                f"--path {option}: want NAME=FILE with one of {', '.join(sorted({m.binary for m in ENGINES}))}"
            )
        if not shutil.which(file):
            raise ValueError(f"--path {option}: no executable file there")
        paths[name] = file
    return paths


def _programs(options: argparse.Namespace) -> list[Program]:
    programs = [program for file in options.manifest or [KERNELS] for program in manifest.load(file)]
    names = [program.name for program in programs]
    for name in names:
        if names.count(name) > 1:
            raise ManifestError(f"program {name} is in two manifests")
    chosen = manifest.select(programs, options.pattern, options.tag, options.without, options.max_seconds)
    if not chosen:
        raise ManifestError("no program is left to measure; --list shows them")
    return chosen


def _compiled(programs: list[Program], folder: Path, engines: list[Engine]) -> list[Program]:
    want_native = any(engine.binary is None for engine in engines)
    return [kernels.build(program, folder, want_native) for program in programs]


def _write(results: Results, base: str, metrics: list[str], folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    text = report.markdown(results, base, metrics)
    (folder / "results.md").write_text(text, encoding="utf-8")
    (folder / "results.json").write_text(json.dumps(report.to_json(results, base), indent=1) + "\n", encoding="utf-8")
    picture_metric = metrics[0] if metrics[0] != "peak" else "cpu"
    png = chart.write(folder / "results.svg", chart.svg(results, base, picture_metric))
    print(text)
    _say(f"written: {folder}/results.json, results.md, results.svg" + (", results.png" if png else ""))


def _run(options: argparse.Namespace) -> int:
    programs = _programs(options)
    output = options.output or HERE.parent / "build" / "bench"
    wanted = [name for name in options.engines.split(",") if name]
    if options.rounds < 1 or options.warmup < 0 or options.timeout <= 0:
        raise ValueError("--rounds must be at least 1, --warmup at least 0 and --timeout positive")
    with Launcher(find_compiler()) as launcher:
        engines, missing = find_engines(wanted, _paths(options.path), launcher)
        for name, reason in missing.items():
            _say(f"without {name}: {reason}")
        if options.list:
            for engine in engines:
                print(f"engine   {engine.name:18} {engine.version}")
            for program in programs:
                print(f"program  {program.name:28} {' '.join(program.tags)}")
            return 0
        if not any(engine.binary for engine in engines) and not wanted:
            raise ValueError("no engine found; README.md says where they are looked for")
        if not launcher.measures_memory:
            _say("no C compiler: peak memory is not measured")
        session = Session(launcher, options.rounds, options.warmup, options.timeout, _progress(len(programs)))
        programs = _compiled(programs, output / "programs", engines)
        engines = [engine for engine in engines if any(engine.supports(program) for program in programs)]
        results = session.measure(programs, engines)
    base = report.choose_base(results, options.base)
    _write(results, base, options.metric or ["cpu"], output)
    if results.interrupted:
        return 130
    return 1 if results.errors else 0


def _progress(total: int) -> Callable[[str], None]:
    done = 0

    def say(name: str) -> None:
        nonlocal done
        done += 1
        _say(f"[{done}/{total}] {name}")

    return say


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt


def main() -> int:
    signal.signal(signal.SIGTERM, _interrupt)  # as Ctrl-C does: report what there is
    try:
        return _run(_parser().parse_args())
    except (ManifestError, ValueError, kernels.CompileError) as error:
        _say(f"bench: {error}")
        return 2
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


if __name__ == "__main__":
    sys.exit(main())
