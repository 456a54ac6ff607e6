"""Results as JSON and as a Markdown table (which is also what the terminal shows)."""

from __future__ import annotations

import datetime
import os
import platform
from pathlib import Path
from typing import Any

from .session import Cell, Results
from .stats import geometric_mean, ratio, spread

UNITS = {"cpu": "user+sys seconds", "wall": "wall-clock seconds", "peak": "peak MiB"}


# -- Summaries ---------------------------------------------------------------------------------------------------------


def choose_base(results: Results, wanted: str | None) -> str:
    """The engine that ratios are against: the wanted one, else wasm3 if it took part, else the first."""
    names = [engine.name for engine in results.engines]
    if wanted is not None:
        if wanted not in names:
            raise ValueError(f"base engine '{wanted}' did not take part; these did: {', '.join(names)}")
        return wanted
    return "wasm3" if "wasm3" in names else names[0]


def ratios(results: Results, engine: str, base: str, metric: str) -> dict[str, float]:
    """engine/base for each program in which both have a figure."""
    found: dict[str, float] = {}
    for program, row in results.cells.items():
        if engine in row and base in row:
            value = ratio(row[engine].median_of(metric), row[base].median_of(metric))
            if value is not None:
                found[program] = value
    return found


def mean_ratio(results: Results, engine: str, base: str, metric: str) -> tuple[float, int] | None:
    """(geometric mean of the ratios, how many programs it is over); None over no program at all."""
    found = ratios(results, engine, base, metric)
    return (geometric_mean(found.values()), len(found)) if found else None


# -- JSON --------------------------------------------------------------------------------------------------------------


def _processor() -> str:
    try:
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()


def machine() -> dict[str, Any]:
    return {"processor": _processor(), "cpus": os.cpu_count(), "system": f"{platform.system()} {platform.release()}"}


def _cell_json(cell: Cell) -> dict[str, Any]:
    if cell.error:
        return {"error": cell.error}
    return {"wall": cell.wall, "cpu": cell.cpu, "peak_kib": cell.peak_kib, "output_sha256": cell.digest}


def to_json(results: Results, base: str) -> dict[str, Any]:
    """Everything: the machine, the engines, each sample of each run (seconds, KiB), and the geometric means."""
    means: dict[str, dict[str, Any]] = {}
    for metric in UNITS:
        means[metric] = {}
        for engine in results.engines:
            mean = mean_ratio(results, engine.name, base, metric)
            if mean:
                means[metric][engine.name] = {"ratio": mean[0], "programs": mean[1]}
    return {
        "date": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        "machine": machine(),
        "rounds": results.rounds,
        "interrupted": results.interrupted,
        "base": base,
        "engines": [
            {"name": e.name, "version": e.version, "flags": list(e.flags), "env": dict(e.env)} for e in results.engines
        ],
        "programs": {
            name: {engine: _cell_json(cell) for engine, cell in row.items()} for name, row in results.cells.items()
        },
        "geometric_means": means,
    }


# -- Table -------------------------------------------------------------------------------------------------------------


def _figure(value: float, metric: str) -> str:
    if metric == "peak":
        return f"{value / 1024:.1f}"
    return f"{value:.4f}" if value < 0.1 else f"{value:.3f}" if value < 10 else f"{value:.1f}"


def _cell_text(cell: Cell | None, base: Cell | None, metric: str, is_base: bool) -> str:
    if cell is None:
        return "-"
    value = cell.median_of(metric)
    if value is None:
        return "**error**" if cell.error else "?"
    against = ratio(value, base.median_of(metric)) if base else None
    text = _figure(value, metric)
    return text if is_base or against is None else f"{text} ({against:.2f}x)"


def _mean_text(results: Results, engine: str, base: str, metric: str) -> str:
    mean = mean_ratio(results, engine, base, metric)
    return f"**{mean[0]:.3f}x** (n={mean[1]})" if mean else "-"


def _aligned(rows: list[list[str]]) -> str:
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = []
    for number, row in enumerate(rows):
        cells = [
            text.ljust(width) if column == 0 else text.rjust(width)
            for column, (text, width) in enumerate(zip(row, widths))
        ]
        lines.append("| " + " | ".join(cells) + " |")
        if number == 0:
            lines.append(
                "|"
                + "|".join("-" * (width + 1) + ("-" if column == 0 else ":") for column, width in enumerate(widths))
                + "|"
            )
    return "\n".join(lines)


def table(results: Results, base: str, metric: str) -> str:
    """Medians of one metric, a row a program and a column an engine, with ratios to `base`; geometric means below."""
    engines = [engine.name for engine in results.engines]
    rows = [[UNITS[metric], *engines]]
    for program, row in results.cells.items():
        cells = [_cell_text(row.get(name), row.get(base), metric, name == base) for name in engines]
        rows.append([program, *cells])
    rows.append(["geometric mean", *(_mean_text(results, name, base, metric) for name in engines)])
    return _aligned(rows)


def _noise(results: Results) -> float:
    spreads = sorted(spread(cell.cpu) for row in results.cells.values() for cell in row.values() if cell.ok)
    return spreads[len(spreads) // 2] if spreads else 0.0


def markdown(results: Results, base: str, metrics: list[str]) -> str:
    """The whole report: what ran where, a table for each metric, and every failure by name."""
    about = machine()
    parts = ["# Benchmark results", ""]
    parts.append(
        f"{about['processor']}, {about['cpus']} CPUs, {about['system']}; medians of {results.rounds} interleaved "
        f"rounds of whole processes; ratios against {base}; the median cell's runs spread over "
        f"{_noise(results) * 100:.0f}% of their median."
    )
    if results.interrupted:
        parts += ["", "**Interrupted**: programs are missing."]
    parts.append("")
    for engine in results.engines:
        mode = " ".join([*(f"{key}={value}" for key, value in engine.env.items()), *engine.flags])
        version = engine.version or (
            "the same C, compiled for this machine" if engine.binary is None else "version unknown"
        )
        parts.append(f"- {engine.name}: {version}{f' ({mode})' if mode else ''}")
    for metric in metrics:
        parts += ["", table(results, base, metric)]
    if results.errors:
        parts += ["", "Errors:", ""]
        parts += [f"- {program}, {engine}: {reason}" for program, engine, reason in results.errors]
    return "\n".join(parts) + "\n"
