"""Percentiles, and results as text. Nothing here touches the machine."""
from __future__ import annotations

import math
from collections.abc import Sequence

NONE = "–"


def percentile(values: Sequence[float], q: float) -> float:
    """Nearest rank: the smallest value that at least the share `q` of all values do not exceed; NaN of none."""
    if not values:
        return math.nan
    rank = math.ceil(round(q * len(values), 9))
    return sorted(values)[min(len(values), max(1, rank)) - 1]


def spread(values: Sequence[float]) -> str:
    """p50 / p95 / p99 / max."""
    if not values:
        return NONE
    return " / ".join(f"{value:.1f}" for value in (*(percentile(values, q) for q in (0.5, 0.95, 0.99)), max(values)))


def median_of(pages: Sequence[dict], name: str) -> float:
    """Of one figure of several page flips; infinite where it was mostly not reached (-1)."""
    return percentile([page[name] if page[name] >= 0 else math.inf for page in pages], 0.5)


def brief(result: dict) -> str:
    """One suite in one line."""
    cost = result["cost"]
    tail = (f"cpu host {cost['cpu_host']} view {cost['cpu_view']} X {cost['cpu_xhost']}+{cost['cpu_xview']} "
            f"other {cost['cpu_other']} | {cost['mbit_to_view']} Mbit/s")
    if "photon" in result:
        total = f"total {spread(result['total'])}, " if "total" in result else ""
        return f"{total}photon {spread(result['photon'])}, lost {result['lost']} | {tail}"
    if "pages" in result:
        luma = [median_of(result["pages"], f"luma_{when}") for when in ("0.2s", "2s")]
        exact = [median_of(result["pages"], f"exact_{when}") for when in ("0.2s", "2s")]
        return f"luma {luma[0]} -> {luma[1]} dB, exact {exact[0]} -> {exact[1]} % | {tail}"
    if "painted" in result and result["painted"]:
        return (f"{result['seen']}/{result['painted']} {result['fps']} fps, gap p95 {result['gap_p95']}, "
                f"age {result['lat_p50']}/{result['lat_p95']} | {tail}")
    media = f"{result['media_packets']} media packets | " if "media_packets" in result else ""
    return media + tail
