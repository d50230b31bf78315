#!/usr/bin/env python3
"""Records what applications show, for `cargo xtask bench-picture`: PNG files of 1920x1080 in a folder.

    screens.py FOLDER

Flow: an Xvfb of its own with its frame buffer in a file; one application after the other; its pixels are written down.
Nothing outside the scratch folder and FOLDER is touched.
"""
from __future__ import annotations

import html
import os
import struct
import subprocess
import sys
import tempfile
import time
import zlib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
WIDTH, HEIGHT = 1920, 1080
SETTLE_SECONDS = 4
BROWSER = ["chromium", "--no-sandbox", "--disable-gpu", "--no-first-run", "--kiosk", "--window-position=0,0",
           f"--window-size={WIDTH},{HEIGHT}"]
TERMINAL = ["xterm", "-geometry", "310x85+0+0", "-fa", "DejaVu Sans Mono", "-fs", "9", "-e", "sh", "-c"]


def text_page() -> str:
    lines = []
    for name in ("README.md", "ARCHITECTURE.md", "SECURITY.md"):
        for line in (ROOT / name).read_text("utf-8").splitlines():
            style = "color:#246;font-weight:bold" if line.startswith("#") else "color:#a31" if line.startswith("|") else ""
            lines.append(f'<div style="{style}">{html.escape(line)}</div>')
    return f'<body style="font:13px sans-serif;margin:8px;column-count:3">{"".join(lines)}'


def office_page() -> str:
    rows = "".join(
        "<tr>" + "".join(f'<td style="background:{"#eef" if (row + column) % 7 == 0 else "#fff"}">{row * column % 997}</td>'
                         for column in range(22)) + "</tr>"
        for row in range(48))
    return ('<style>td{border:1px solid #ccd;padding:2px 8px;text-align:right}</style>'
            '<body style="font:14px sans-serif;margin:0"><div style="background:linear-gradient(#3a6ea5,#1f4e79);'
            f'color:#fff;padding:14px;font-size:20px">Budget 2026</div><table style="border-collapse:collapse">{rows}</table>')


def shaded_page() -> str:
    return ('<body style="margin:0;background:radial-gradient(circle at 30% 20%,#fc8,#48a 50%,#123)">'
            '<div style="width:900px;height:600px;margin:150px;padding:30px;background:#fff;border-radius:12px;'
            'box-shadow:0 20px 80px #000;font:15px sans-serif">'
            f'{html.escape((ROOT / "README.md").read_text("utf-8")[:2500])}</div>')


def pixels(frame_buffer: Path) -> bytes:
    """What the screen shows, three bytes a pixel. The file is in the X window dump format."""
    data = frame_buffer.read_bytes()
    header = struct.unpack(">25I", data[:100])
    stride, start = header[12], header[0] + header[19] * 12
    rows = []
    for row in range(HEIGHT):
        line = data[start + row * stride:start + row * stride + WIDTH * 4]
        rgb = bytearray(WIDTH * 3)
        rgb[0::3], rgb[1::3], rgb[2::3] = line[2::4], line[1::4], line[0::4]
        rows.append(bytes(rgb))
    return b"".join(rows)


def write_png(path: Path, rgb: bytes) -> None:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    lines = b"".join(b"\0" + rgb[row * WIDTH * 3:(row + 1) * WIDTH * 3] for row in range(HEIGHT))
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 2, 0, 0, 0))
                     + chunk(b"IDAT", zlib.compress(lines, 6)) + chunk(b"IEND", b""))


def main() -> None:
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="renfort-screens-") as name:
        scratch = Path(name)
        read, write = os.pipe()
        server = subprocess.Popen(["Xvfb", "-displayfd", str(write), "-screen", "0", f"{WIDTH}x{HEIGHT}x24", "-fbdir", name],
                                  pass_fds=[write], stderr=subprocess.DEVNULL)
        try:
            os.close(write)
            with os.fdopen(read) as display:
                environment = {**os.environ, "DISPLAY": ":" + display.readline().strip(), "HOME": name}
            for page, content in (("text", text_page()), ("office", office_page()), ("shaded", shaded_page())):
                (scratch / f"{page}.html").write_text(f'<meta charset="utf-8">{content}', "utf-8")
            shown = {page: [*BROWSER, f"--user-data-dir={name}/{page}", f"file://{name}/{page}.html"]
                     for page in ("text", "office", "shaded")}
            shown["terminal"] = [*TERMINAL, "ls -la --color=always /usr/bin | head -n 80; sleep 60"]
            # Its file that says stop is there: it shows its first page.
            (scratch / "still").touch()
            shown["editor"] = [sys.executable, "-B", str(ROOT / "tests/bench/applications/text_view.py"), f"{name}/still", "9"]
            for page, command in shown.items():
                application = subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL)
                time.sleep(SETTLE_SECONDS)
                rgb = pixels(scratch / "Xvfb_screen0")
                application.terminate()
                application.wait()
                if len(set(rgb[::997])) < 3:
                    raise SystemExit(f"{page}: the screen stayed empty")
                write_png(folder / f"{page}.png", rgb)
        finally:
            server.terminate()
            server.wait()


if __name__ == "__main__":
    main()
