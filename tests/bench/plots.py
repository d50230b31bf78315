"""Results as plots (SVG and PNG), with Debian's matplotlib."""
from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import matplotlib

matplotlib.use("Agg")
from matplotlib import pyplot  # noqa: E402
from matplotlib.axes import Axes  # noqa: E402

import legs  # noqa: E402
from figures import percentile  # noqa: E402
from tables import MOVING, OWN  # noqa: E402

ACCENT, GREY = "#0b6160", "#9aa5a4"


def _colour(result: dict) -> str:
    return ACCENT if result["peer"].startswith(OWN) else GREY


def _save(name: str, folder: Path) -> None:
    pyplot.tight_layout()
    for ending in ("svg", "png"):
        pyplot.savefig(folder / f"{name}.{ending}", dpi=110)
    pyplot.close()


def _bars(axes: Axes, results: Sequence[dict], values: Sequence[float], title: str) -> None:
    axes.barh([result["peer"] for result in results], values, color=[_colour(result) for result in results])
    for row, value in enumerate(values):
        axes.text(value, row, f" {value:.1f}", va="center", fontsize=8)
    axes.set_title(title, fontsize=10)
    axes.invert_yaxis()
    axes.margins(x=0.15)
    axes.spines[["top", "right"]].set_visible(False)


def latency(results: Sequence[dict], folder: Path) -> None:
    """How the key-to-pixel times are distributed."""
    measured = [result for result in results if result["suites"].get("key", {}).get("total")]
    if not measured:
        return
    pyplot.figure(figsize=(8, 4.5))
    for result in measured:
        values = sorted(result["suites"]["key"]["total"])
        shares = [(rank + 1) / len(values) * 100 for rank in range(len(values))]
        own = result["peer"].startswith(OWN)
        pyplot.step(values, shares, where="post", label=result["peer"], linewidth=2.4 if own else 1.2)
    pyplot.xlabel("from the key to the pixel, ms")
    pyplot.ylabel("% of keys at most so long")
    pyplot.xlim(left=0)
    pyplot.grid(alpha=0.3)
    pyplot.legend(fontsize=8)
    _save("key-to-pixel", folder)


def costs(results: Sequence[dict], folder: Path) -> None:
    """Bytes and CPU while scrolling and while idle."""
    shown = [(name, key, title) for name, key, title in (
        ("scroll", "mbit_to_view", "Scrolling: Mbit/s"), ("scroll", "cpu", "Scrolling: CPU of both sides, % of a core"),
        ("idle", "cpu", "Idle: CPU of both sides, % of a core"))
        if any(name in result["suites"] for result in results)]
    if not shown:
        return
    _, rows = pyplot.subplots(len(shown), 1, figsize=(8, 2.6 * len(shown)), squeeze=False)
    for (axes,), (name, key, title) in zip(rows, shown):
        measured = [result for result in results if name in result["suites"]]
        costs_of = [result["suites"][name]["cost"] for result in measured]
        values = [cost[key] if key in cost else cost["cpu_host"] + cost["cpu_view"] for cost in costs_of]
        _bars(axes, measured, values, title)
    _save("costs", folder)


def ages(results: Sequence[dict], folder: Path) -> None:
    """How old a moving picture is when it is seen."""
    names = [name for name in MOVING if any(result["suites"].get(name, {}).get("lat_p50", -1) >= 0 for result in results)]
    if not names:
        return
    _, rows = pyplot.subplots(len(names), 1, figsize=(8, 2.4 * len(names)), squeeze=False)
    for (axes,), name in zip(rows, names):
        measured = [result for result in results if result["suites"].get(name, {}).get("lat_p50", -1) >= 0]
        _bars(axes, measured, [result["suites"][name]["lat_p50"] for result in measured],
              f"{name}: age of a frame when it is seen, p50 ms")
    _save("ages", folder)


def key_legs(found: dict, folder: Path) -> None:
    """Where the time of a key goes."""
    if not found["totals"]:
        return
    medians = [percentile(values, 0.5) for values in found["legs"]]
    names = [{"host": "user's screen", "view": "technician's screen"}.get(stage, stage) for stage, _ in legs.STAGES]
    pyplot.figure(figsize=(8, 4.5))
    start = 0.0
    for row, value in enumerate(medians):
        pyplot.barh(row, value, left=start, color=ACCENT)
        pyplot.text(start + value, row, f" {value:.1f}", va="center", fontsize=8)
        start += value
    pyplot.yticks(range(len(names)), names, fontsize=8)
    pyplot.gca().invert_yaxis()
    pyplot.xlabel("ms since the key, medians of each leg")
    pyplot.margins(x=0.1)
    _save("legs", folder)


def everything(results: Sequence[dict], found_legs: dict | None, folder: Path) -> None:
    """All plots for which there are figures."""
    latency(results, folder)
    costs(results, folder)
    ages(results, folder)
    if found_legs:
        key_legs(found_legs, folder)
