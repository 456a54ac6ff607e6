"""The comparison as a picture: a row a program, a dot an engine, time relative to the base engine on a log scale."""

from __future__ import annotations

import math
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from xml.sax.saxutils import escape

from .report import mean_ratio, ratios
from .session import Results

# Told apart by colour-blind readers too (Okabe and Ito's palette, then repeats with another shape).
_COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000", "#8c564b")
_SHAPES = ("circle", "square", "diamond")
_ROW, _LEFT, _PLOT, _RIGHT, _TOP = 20, 200, 620, 40, 46  # pixels


@dataclass(frozen=True)
class _Scale:
    """Ratios to x coordinates, logarithmically; covers whole powers of two."""

    low: int  # exponents of two
    high: int

    def x(self, value: float) -> float:
        return _LEFT + (math.log2(value) - self.low) / (self.high - self.low) * _PLOT


def _scale(values: list[float]) -> _Scale:
    logs = [math.log2(value) for value in values] or [0.0]
    low, high = math.floor(min([*logs, -0.5])), math.ceil(max([*logs, 0.5]))
    return _Scale(low, high)


def _mark(shape: str, x: float, y: float, colour: str, title: str, size: float) -> str:
    tip = f"<title>{escape(title)}</title>"
    if shape == "circle":
        return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{size:.1f}" fill="{colour}" fill-opacity=".85">{tip}</circle>'
    if shape == "square":
        side, turn = size * 1.8, ""
    else:
        side, turn = size * 1.7, f' transform="rotate(45 {x:.1f} {y:.1f})"'
    return (
        f'<rect x="{x - side / 2:.1f}" y="{y - side / 2:.1f}" width="{side:.1f}" height="{side:.1f}" '
        f'fill="{colour}" fill-opacity=".85"{turn}>{tip}</rect>'
    )


def _text(x: float, y: float, text: str, anchor: str = "start", weight: str = "normal") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-weight="{weight}">{escape(text)}</text>'


def _label(exponent: int) -> str:
    return f"{2**exponent}x" if exponent >= 0 else f"1/{2**-exponent}x"


def _legend(names: list[str], styles: dict[str, tuple[str, str]], y: float) -> tuple[list[str], float]:
    """The legend's marks, wrapped into lines, and the y below it."""
    parts: list[str] = []
    x = float(_LEFT)
    for name in names:
        width = 30 + 7.5 * len(name)
        if x + width > _LEFT + _PLOT and x > _LEFT:
            x, y = float(_LEFT), y + 18
        shape, colour = styles[name]
        parts += [_mark(shape, x + 6, y - 4, colour, name, 5), _text(x + 15, y, name)]
        x += width
    return parts, y + 18


def _rows(results: Results, base: str, metric: str) -> list[tuple[str, dict[str, float]]]:
    """(label, engine -> ratio) for each program, and last for the geometric means."""
    by_engine = {engine.name: ratios(results, engine.name, base, metric) for engine in results.engines}
    rows = []
    for program in results.cells:
        rows.append((program, {name: found[program] for name, found in by_engine.items() if program in found}))
    means = {name: mean_ratio(results, name, base, metric) for name in by_engine}
    rows.append(("geometric mean", {name: mean[0] for name, mean in means.items() if mean}))
    return rows


def _grid(scale: _Scale, top: float, bottom: float) -> list[str]:
    parts = []
    for exponent in range(scale.low, scale.high + 1):
        x = scale.x(2.0**exponent)
        stroke = "#666" if exponent == 0 else "#ddd"
        parts.append(f'<line x1="{x:.1f}" y1="{top}" x2="{x:.1f}" y2="{bottom}" stroke="{stroke}"/>')
        parts.append(_text(x, bottom + 16, _label(exponent), "middle"))
    return parts


def _row(
    label: str, values: dict[str, float], styles: dict[str, tuple[str, str]], scale: _Scale, y: float
) -> list[str]:
    weight, size = ("bold", 6.0) if label == "geometric mean" else ("normal", 4.5)
    parts = [_text(_LEFT - 10, y + 4, label, "end", weight)]
    parts.append(f'<line x1="{_LEFT}" y1="{y:.1f}" x2="{_LEFT + _PLOT}" y2="{y:.1f}" stroke="#eee"/>')
    if not values:
        parts.append(_text(_LEFT + 6, y + 4, "nothing to compare"))
    for name, value in values.items():
        shape, colour = styles[name]
        parts.append(_mark(shape, scale.x(value), y, colour, f"{name}: {value:.3f}x", size))
    return parts


def svg(results: Results, base: str, metric: str = "cpu") -> str:
    """An SVG document. Programs that an engine has no figure for show no dot; a last row has the geometric means."""
    names = [engine.name for engine in results.engines]
    styles = {
        name: (_SHAPES[i // len(_COLOURS) % len(_SHAPES)], _COLOURS[i % len(_COLOURS)]) for i, name in enumerate(names)
    }
    rows = _rows(results, base, metric)
    scale = _scale([value for _, values in rows for value in values.values()])
    legend, top = _legend(names, styles, _TOP)
    top += 10
    bottom = top + _ROW * len(rows)
    parts = [_text(_LEFT, 22, f"{metric} time relative to {base} (less is better)", weight="bold"), *legend]
    parts += _grid(scale, top, bottom)
    for number, (label, values) in enumerate(rows):
        parts += _row(label, values, styles, scale, top + _ROW * number + _ROW / 2)
    width, height = _LEFT + _PLOT + _RIGHT, bottom + 30
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height:.0f}" '
        f'viewBox="0 0 {width} {height:.0f}" font-family="sans-serif" font-size="12">'
    )
    return "\n".join([head, '<rect width="100%" height="100%" fill="white"/>', *parts, "</svg>"]) + "\n"


def write(path: Path, document: str) -> Path | None:
    """Writes the SVG, and a PNG beside it if rsvg-convert or inkscape is there to make it. The PNG's path, or None."""
    path.write_text(document, encoding="utf-8")
    png = path.with_suffix(".png")
    for command in (["rsvg-convert", str(path), "-o", str(png)], ["inkscape", str(path), "-o", str(png)]):
        if shutil.which(command[0]):
            done = subprocess.run(command, capture_output=True, check=False)
            return png if done.returncode == 0 else None
    return None
