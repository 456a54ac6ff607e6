"""The few statistics a comparison needs: medians of runs, ratios to a base engine, geometric means of ratios."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence


def median(values: Sequence[float]) -> float:
    """The middle value, or the mean of the two middle ones. `values` must not be empty."""
    if not values:
        raise ValueError("median of no values")
    ordered = sorted(values)
    middle = len(ordered) // 2
    if len(ordered) % 2:
        return ordered[middle]
    return (ordered[middle - 1] + ordered[middle]) / 2


def geometric_mean(values: Iterable[float]) -> float:
    """The n-th root of the product of positive values; the only mean that does not depend on the base of the ratios."""
    logs = []
    for value in values:
        if value <= 0:
            raise ValueError(f"geometric mean of {value}")
        logs.append(math.log(value))
    if not logs:
        raise ValueError("geometric mean of no values")
    return math.exp(math.fsum(logs) / len(logs))


def ratio(value: float | None, base: float | None) -> float | None:
    """value/base; None where either is missing or too small for the clock to have seen it."""
    if value is None or base is None or base <= 0 or value <= 0:
        return None
    return value / base


def spread(values: Sequence[float]) -> float:
    """(maximum - minimum) / median: how noisy the runs were, 0 for a single run or runs too short to see."""
    middle = median(values)
    return (max(values) - min(values)) / middle if middle > 0 else 0.0
