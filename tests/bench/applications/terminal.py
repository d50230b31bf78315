#!/usr/bin/env python3
"""What runs in a terminal that fills the screen: a recursive listing scrolls by, below a frame counter of coloured cells.

    terminal.py STILL LINES        LINES a frame, 60 frames a second, until the file STILL is there
"""
from __future__ import annotations

import fcntl
import itertools
import os
import struct
import subprocess
import sys
import termios
import time
from pathlib import Path

FRAME_SECONDS = 1 / 60
HEADER, LEFT, TOP, CELL, BITS = 96, 64, 16, 32, 16
"""The frame counter's geometry in pixels, as `probe/probe.h` has it."""
BLACK, WHITE, GREY = "\x1b[40m", "\x1b[107m", "\x1b[100m"


def counter(number: int, columns: int, width: float, height: float) -> str:
    """The counter's rows, of cells of `width` x `height` pixels."""
    rows = []
    for row in range(int(HEADER / height)):
        line = int(((row + 0.5) * height - TOP) // CELL)
        cells = []
        for column in range(columns):
            bit = int(((column + 0.5) * width - LEFT) // CELL)
            inside = 0 <= bit < BITS and 0 <= line <= 1
            cells.append((WHITE if (number >> bit & 1) != line else BLACK) if inside else GREY)
        runs = (f"{colour}{' ' * len(list(run))}" for colour, run in itertools.groupby(cells))
        rows.append(f"\x1b[{row + 1};1H" + "".join(runs))
    return "".join(rows) + "\x1b[0m"


def main() -> None:
    still, lines = Path(sys.argv[1]), int(sys.argv[2])
    rows, columns, wide, high = struct.unpack("HHHH", fcntl.ioctl(1, termios.TIOCGWINSZ, bytes(8)))
    width, height = wide / columns, high / rows
    listing = subprocess.run(["ls", "-lR", "--color=always", "/usr/share/doc"], capture_output=True, text=True, check=False)
    text = itertools.cycle(listing.stdout.splitlines())
    first = int(HEADER / height) + 1
    # No cursor, no wrapping, and only what is below the counter scrolls.
    os.write(1, f"\x1b[2J\x1b[?25l\x1b[?7l\x1b[{first};{rows}r".encode())
    due, number = time.monotonic(), 0
    while not still.exists():
        number = (number + 1) & 0xFFFF
        moved = "".join(f"\r\n{next(text)}" for _ in range(lines))
        os.write(1, f"\x1b[{rows};1H{moved}{counter(number, columns, width, height)}".encode())
        due = max(due + FRAME_SECONDS, time.monotonic() - 0.2)
        time.sleep(max(0.0, due - time.monotonic()))
    while True:
        time.sleep(60)


if __name__ == "__main__":
    main()
