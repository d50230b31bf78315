#!/usr/bin/env python3
"""A remote desktop of nothing but a browser, to compare with: Chromium's getDisplayMedia, RTCPeerConnection and <video>.

Two roles, each with its own Chromium; offer and answer cross one TCP connection. Input comes back over a data channel to
this program on the host's side (through a DevTools binding), which injects it by XTEST.
"""
from __future__ import annotations

import argparse
import ctypes
import json
import socket
from pathlib import Path

from browser import Browser

PORT = 9000
PAGES = Path(__file__).resolve().parent / "chromium_peer"


class Input:
    """Injects what the viewer's page sends: ["m", x, y], ["d" or "u", button, x, y], ["k", key, down]."""

    def __init__(self) -> None:
        self._x11, self._xtst = ctypes.CDLL("libX11.so.6"), ctypes.CDLL("libXtst.so.6")
        self._x11.XOpenDisplay.restype = ctypes.c_void_p
        self._x11.XStringToKeysym.restype = ctypes.c_ulong
        self._display = ctypes.c_void_p(self._x11.XOpenDisplay(None))

    def __call__(self, text: str) -> None:
        event = json.loads(text)
        now = ctypes.c_ulong(0)
        if event[0] in "mdu":
            self._xtst.XTestFakeMotionEvent(self._display, -1, event[-2], event[-1], now)
        if event[0] in "du":
            self._xtst.XTestFakeButtonEvent(self._display, event[1], event[0] == "d", now)
        if event[0] == "k":
            symbol = self._x11.XStringToKeysym(event[1].encode())
            code = self._x11.XKeysymToKeycode(self._display, ctypes.c_ulong(symbol)) & 255
            if code:
                self._xtst.XTestFakeKeyEvent(self._display, code, event[2], now)
        self._x11.XFlush(self._display)


def line_of(connection: socket.socket) -> str:
    """One line of JSON from the other side, ready to stand in a script."""
    with connection.makefile("r", encoding="utf-8") as reader:
        return json.dumps(json.loads(reader.readline()))


def host(browser: Browser, codec: str, tuned: str, ip: str, ready: Path) -> None:
    """Shares the screen and waits for the viewer."""
    browser.on_inject = Input()
    offer = browser.script(f"start({json.dumps(codec)}, {tuned})")
    with socket.create_server((ip, PORT)) as server:
        ready.touch()
        connection, _ = server.accept()
    with connection:
        connection.sendall(f"{offer}\n".encode())
        browser.script(f"finish({line_of(connection)}, {tuned})")


def view(browser: Browser, tuned: str, ip: str) -> None:
    """Connects to the host and shows its screen."""
    with socket.create_connection((ip, PORT)) as connection:
        connection.sendall(f"{browser.script(f'answer({line_of(connection)}, {tuned})')}\n".encode())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("role", choices=["host", "view"])
    parser.add_argument("--codec", default="vp8")
    parser.add_argument("--tuned", action="store_true", help="60 fps, 30 Mbit/s, no jitter delay")
    parser.add_argument("--ip", required=True, help="of the host")
    parser.add_argument("--tmp", required=True, type=Path)
    arguments = parser.parse_args()
    tuned = "true" if arguments.tuned else "false"
    options = ["--auto-select-desktop-capture-source=Entire screen"] if arguments.role == "host" else ["--kiosk"]
    browser = Browser(f"file://{PAGES}/{arguments.role}.html", arguments.tmp / f"chromium-{arguments.role}",
                      ["--window-size=1920,1080", *options])
    if arguments.role == "host":
        host(browser, arguments.codec, tuned, arguments.ip, arguments.tmp / "host-ready")
    else:
        view(browser, tuned, arguments.ip)
    browser.serve("stats()", arguments.tmp / f"stats-{arguments.role}.json")


if __name__ == "__main__":
    main()
