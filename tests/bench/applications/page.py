#!/usr/bin/env python3
"""Chromium shows a long page of text, tables and pictures at a zoom, and scrolls it by itself.

    page.py --screen 1920x1080 --zoom 110 --step 12 --still FILE --tmp DIR
"""
from __future__ import annotations

import argparse
import html
import random
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from browser import Browser  # noqa: E402  It lies beside the bench.

ROOT = Path(__file__).resolve().parents[3]
TEXTS = ("README.md", "ARCHITECTURE.md", "SECURITY.md")
STYLE = """
html { scroll-behavior: auto } body { margin: 0; font: 15px/1.5 sans-serif; background: #f6f7f9; color: #1b1f24 }
#head { position: fixed; z-index: 1; top: 0; left: 0; right: 0; height: 96px; background: #666 }
#count { position: absolute; left: 64px; top: 16px }
article { max-width: 1100px; margin: 130px auto 0 }
section { background: #fff; border-radius: 10px; margin: 24px; padding: 20px; box-shadow: 0 4px 18px #0003 } td { border: 1px solid #d0d7de; padding: 3px 10px } h2 { color: #0b57d0 }
canvas.picture { float: right; margin: 0 0 12px 18px; border-radius: 6px }
pre { background: #eef1f4; padding: 10px; white-space: pre-wrap }
"""
SCRIPT = """
let seed = 7;
const chance = () => (seed = (seed * 1103515245 + 12345) & 0x7fffffff) / 0x7fffffff;
for (const picture of document.querySelectorAll(".picture")) {
  const ink = picture.getContext("2d"), { width, height } = picture;
  for (let spot = 0; spot < 60; spot++) {
    const x = chance() * width, y = chance() * height, shade = ink.createRadialGradient(x, y, 0, x, y, 30 + chance() * 150);
    shade.addColorStop(0, `hsla(${chance() * 360}, 60%, ${20 + chance() * 60}%, .7)`);
    shade.addColorStop(1, "transparent");
    ink.fillStyle = shade;
    ink.fillRect(0, 0, width, height);
  }
  const image = ink.getImageData(0, 0, width, height);
  for (let at = 0; at < image.data.length; at++) if (at % 4 < 3) image.data[at] += chance() * 8 - 4; else image.data[at] = 255;
  ink.putImageData(image, 0, 0);
}
const ink = document.getElementById("count").getContext("2d");
let number = 0, still = false, step = STEP;
function frame() {
  if (still) return;
  const end = document.documentElement.scrollHeight - innerHeight;
  if (scrollY + step > end || scrollY + step < 0) step = -step;
  scrollTo(0, scrollY + step);
  number = (number + 1) & 0xffff;
  for (let bit = 0; bit < 16; bit++)
    for (const row of [0, 1]) {
      ink.fillStyle = (number >> bit & 1) !== row ? "#fff" : "#000";
      ink.fillRect(bit * 32, row * 32, 32, 32);
    }
  requestAnimationFrame(frame);
}
requestAnimationFrame(frame);
"""


def page(zoom: int, step: int) -> str:
    """The page's source. Only what scrolls is zoomed: the frame counter has its place on the screen."""
    chance = random.Random(3)
    sections = []
    for part, paragraph in enumerate("\n".join((ROOT / name).read_text("utf-8") for name in TEXTS).split("\n\n")):
        text = html.escape(paragraph)
        cells = "".join("<tr>" + "".join(f"<td>{chance.randrange(10**6):,}</td>" for _ in range(7)) for _ in range(6))
        width, height = chance.randrange(200, 420), chance.randrange(150, 260)
        picture = f'<canvas class="picture" width="{width}" height="{height}"></canvas>'
        body = (f"{picture}<p>{text}</p>", f"<pre>{text}</pre>", f"<p>{text}</p><table>{cells}</table>")[part % 3]
        sections.append(f"<section><h2>{part + 1}</h2>{body}</section>")
    return (f'<!doctype html><meta charset="utf-8"><style>{STYLE}</style>'
            '<div id="head"><canvas id="count" width="512" height="64"></canvas></div>'
            f'<article style="zoom:{zoom}%">{"".join(sections)}</article><script>{SCRIPT.replace("STEP", str(step))}</script>')


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--screen", required=True)
    parser.add_argument("--zoom", required=True, type=int, help="percent")
    parser.add_argument("--step", required=True, type=int, help="pixels a frame")
    parser.add_argument("--still", required=True, type=Path)
    parser.add_argument("--tmp", required=True, type=Path)
    arguments = parser.parse_args()
    file = arguments.tmp / f"page-{arguments.zoom}.html"
    file.write_text(page(arguments.zoom, arguments.step), encoding="utf-8")
    browser = Browser(file.as_uri(), arguments.tmp / f"profile-{arguments.zoom}",
                      ["--kiosk", f"--window-size={arguments.screen.replace('x', ',')}"])
    while not arguments.still.exists():
        time.sleep(0.02)
    browser.script("still = true")
    browser.serve()


if __name__ == "__main__":
    main()
