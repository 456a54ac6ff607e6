#!/usr/bin/env python3
"""Whether compiling stays linear up to the largest body that a module may have: bodies of growing size in several
shapes, each compiled by bench_compile_speed, and its time drawn against its size with the line that fits best.

    ninja -C build bench_compile_speed && bench/compile_linear.py [-b build] [-n rounds] [-o build/bench/linear.svg]
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

LARGEST_BODY = 7_654_321  # bytes, as in src/wasm/limits.h
STEPS = 8
LOCALS = 2000


def leb(number: int) -> bytes:
    out = bytearray()
    while number >= 0x80:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*out, number])


def section(number: int, content: bytes) -> bytes:
    return bytes([number]) + leb(len(content)) + content


# -- Shapes: instructions of at most `size` bytes, which leave the stack as they found it -------------------------------


def straight(size: int) -> bytes:
    """Arithmetic, one line after the other: a = (a + b) * 7 ^ b."""
    line = bytes.fromhex("2000 2001 6a 4107 6c 2001 73 2100")
    return line * (size // len(line))


def nested(size: int) -> bytes:
    """Blocks in blocks, as deep as they go, each with a branch out of the outermost and one out of itself."""
    parts: list[bytes] = []
    used = depth = 0
    while True:
        part = bytes.fromhex("0240 2000 0d") + leb(depth) + bytes.fromhex("2001 0d00")
        if used + len(part) + 1 > size:
            return b"".join(parts) + b"\x0b" * depth
        parts.append(part)
        used += len(part) + 1  # and its end
        depth += 1


def calls(size: int) -> bytes:
    """Calls whose arguments and results are many locals."""
    unit = b"".join(
        b"\x20" + leb(i) + b"\x20" + leb((i * 7 + 3) % LOCALS) + b"\x10\x00\x21" + leb((i * 13 + 5) % LOCALS)
        for i in range(LOCALS)
    )
    return unit * (size // len(unit))


def loops(size: int) -> bytes:
    """Loops in loops, eight deep, which use more locals than there are registers."""
    parts = [b"\x03\x40" + b"".join(b"\x20" + leb(16 * d + i) + b"\x21" + leb(16 * d + i + 1) for i in range(12)) for d in range(8)]
    unit = b"".join(parts) + bytes.fromhex("2000 0d03") + b"\x0b" * 8
    return unit * (size // len(unit))


SHAPES: dict[str, Callable[[int], bytes]] = {"straight": straight, "nested": nested, "calls": calls, "loops": loops}


def module(code: bytes) -> bytes:
    """A module with a function (i32, i32) -> i32 and one with `code`."""
    helper = bytes.fromhex("00 2000 0b")
    body = b"\x01" + leb(LOCALS - 2) + b"\x7f" + code + b"\x41\x00\x0b"
    bodies = b"".join(leb(len(each)) + each for each in (helper, body))
    return (
        b"\0asm\1\0\0\0"
        + section(1, bytes.fromhex("01 60 02 7f7f 01 7f"))
        + section(3, b"\2\0\0")
        + section(10, b"\2" + bodies)
    )


# -- Measuring ------------------------------------------------------------------------------------------------------------


@dataclass
class Line:
    """time = start + slope * size, by least squares."""

    start: float
    slope: float

    @staticmethod
    def through(points: list[tuple[float, float]]) -> Line:
        n = len(points)
        mean_x, mean_y = sum(x for x, _ in points) / n, sum(y for _, y in points) / n
        slope = sum((x - mean_x) * (y - mean_y) for x, y in points) / sum((x - mean_x) ** 2 for x, _ in points)
        return Line(mean_y - slope * mean_x, slope)

    def at(self, x: float) -> float:
        return self.start + self.slope * x


def milliseconds(tool: Path, code: bytes, rounds: int) -> float:
    with tempfile.NamedTemporaryFile(suffix=".wasm") as file:
        file.write(module(code))
        file.flush()
        run = subprocess.run([tool, "baseline", file.name, str(rounds)], capture_output=True, text=True, check=False)
    found = re.search(r"least ([0-9.]+)", run.stdout)
    if run.returncode != 0 or not found or "refused" in run.stdout:
        sys.exit(f"{tool}: {run.stdout}{run.stderr}")
    return float(found[1])


def measure(tool: Path, rounds: int) -> dict[str, list[tuple[float, float]]]:
    """Of each shape: megabytes and milliseconds."""
    points: dict[str, list[tuple[float, float]]] = {}
    for name, shape in SHAPES.items():
        for step in range(1, STEPS + 1):
            code = shape((LARGEST_BODY - 16) * step // STEPS)
            points.setdefault(name, []).append((len(code) / 1e6, milliseconds(tool, code, rounds)))
    return points


# -- The picture ----------------------------------------------------------------------------------------------------------

COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7")
WIDTH, HEIGHT, LEFT, BOTTOM, TOP, RIGHT = 760, 460, 70, 50, 30, 20


def svg(points: dict[str, list[tuple[float, float]]]) -> str:
    most_x = max(x for line in points.values() for x, _ in line)
    most_y = max(y for line in points.values() for _, y in line) * 1.05

    def place(x: float, y: float) -> tuple[float, float]:
        return (
            LEFT + x / most_x * (WIDTH - LEFT - RIGHT),
            HEIGHT - BOTTOM - y / most_y * (HEIGHT - BOTTOM - TOP),
        )

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" font-family="sans-serif" '
        'font-size="12"><rect width="100%" height="100%" fill="white"/>',
        f'<path d="M{LEFT} {TOP}V{HEIGHT - BOTTOM}H{WIDTH - RIGHT}" fill="none" stroke="black"/>',
        f'<text x="{WIDTH / 2:.0f}" y="{HEIGHT - 12}" text-anchor="middle">MB of one function\'s body</text>',
        f'<text x="{LEFT}" y="{TOP - 10}">ms to compile it, least of the rounds</text>',
    ]
    for tick in range(5):
        x, y = most_x * tick / 4, most_y * tick / 4
        parts.append(f'<text x="{place(x, 0)[0]:.0f}" y="{HEIGHT - BOTTOM + 18}" text-anchor="middle">{x:.1f}</text>')
        parts.append(f'<text x="{LEFT - 8}" y="{place(0, y)[1] + 4:.0f}" text-anchor="end">{y:.0f}</text>')
    for i, (name, line) in enumerate(points.items()):
        fit = Line.through(line)
        (x1, y1), (x2, y2) = place(0, fit.start), place(most_x, fit.at(most_x))
        parts.append(f'<path d="M{x1:.1f} {y1:.1f}L{x2:.1f} {y2:.1f}" stroke="{COLOURS[i]}"/>')
        for x, y in line:
            at = place(x, y)
            parts.append(f'<circle cx="{at[0]:.1f}" cy="{at[1]:.1f}" r="4" fill="{COLOURS[i]}"/>')
        parts.append(
            f'<text x="{LEFT + 16}" y="{TOP + 18 + 18 * i}" fill="{COLOURS[i]}">{name}: {1e3 / fit.slope:.1f} MB/s</text>'
        )
    return "\n".join([*parts, "</svg>"]) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("-b", "--build", type=Path, default=Path("build"), help="the build folder")
    parser.add_argument("-n", "--rounds", type=int, default=3, help="of which the least counts (default 3)")
    parser.add_argument("-o", "--output", type=Path, help="the picture (default BUILD/bench/linear.svg)")
    options = parser.parse_args()
    points = measure(options.build / "bench_compile_speed", options.rounds)
    for name, line in points.items():
        fit = Line.through(line)
        worst = max(abs(y / fit.at(x) - 1) for x, y in line)
        print(f"{name}: {1e3 / fit.slope:.1f} MB/s, at most {100 * worst:.0f} % from the line")
        print("  " + ", ".join(f"{x:.2f} MB {y:.0f} ms" for x, y in line))
    output = options.output or options.build / "bench" / "linear.svg"
    output.parent.mkdir(parents=True, exist_ok=True)
    output.write_text(svg(points), encoding="utf-8")
    print(f"written: {output}")


if __name__ == "__main__":
    main()
