"""A Chromium of the bench's own, driven over `--remote-debugging-pipe` (the DevTools protocol, without a port)."""
from __future__ import annotations

import json
import os
import select
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

QUIET = [
    "--no-first-run", "--no-default-browser-check", "--no-sandbox", "--test-type", "--disable-gpu", "--disable-sync",
    "--disable-component-update", "--disable-background-networking", "--disable-default-apps", "--disable-extensions",
    "--disable-background-timer-throttling", "--disable-backgrounding-occluded-windows",
    "--disable-renderer-backgrounding",
    "--disable-features=WebRtcHideLocalIpsWithMdns,Translate,MediaRouter,OptimizationHints,CalculateNativeWinOcclusion",
    "--autoplay-policy=no-user-gesture-required", "--password-store=basic", "--force-device-scale-factor=1",
]
"""What a measured browser must not do by itself."""
LOAD_SECONDS = 15.0
STATS_EVERY_SECONDS = 15.0


class BrowserError(Exception):
    """The browser, or a page in it, did not do what was asked."""


class Browser:
    """One window with one page."""

    def __init__(self, url: str, profile: Path, options: list[str]) -> None:
        to_read, to_write = os.pipe()
        from_read, from_write = os.pipe()
        program = os.environ.get("CHROMIUM") or shutil.which("chromium") or "chromium"
        command = [program, f"--user-data-dir={profile}", *QUIET, "--window-position=0,0", "--remote-debugging-pipe",
                   *options, f"--app={url}"]
        # Chromium reads its commands from descriptor 3 and writes to 4.
        self.process = subprocess.Popen(["bash", "-c", f'exec "$@" 3<&{to_read} 4>&{from_write}', "bash", *command],
                                        pass_fds=(to_read, from_write))
        os.close(to_read)
        os.close(from_write)
        self._write, self._read, self._rest, self._last_id = to_write, from_read, b"", 0
        self.on_inject: Callable[[str], None] = lambda payload: None
        """Called when the page calls `inject(text)`."""
        page = self._wait(lambda: self._page(url.split(":")[0]), "no page was opened")
        self._session = self.call("Target.attachToTarget", targetId=page, flatten=True)["sessionId"]
        self._on_page("Runtime.enable")
        self._on_page("Runtime.addBinding", name="inject")
        self.until("document.readyState === 'complete' && location.protocol !== 'about:'")

    def script(self, code: str) -> object:
        """What the code (a promise, too) comes to, as if a person had clicked."""
        answer = self._on_page("Runtime.evaluate", expression=code, awaitPromise=True, userGesture=True,
                               returnByValue=True)
        if "exceptionDetails" in answer:
            details = answer["exceptionDetails"]
            raise BrowserError(details.get("exception", {}).get("description", str(details)))
        return answer["result"].get("value")

    def until(self, code: str, seconds: float = LOAD_SECONDS) -> None:
        """Waits until the code is truthy. It is judged on the page: an element passed by value would be an empty object."""
        self._wait(lambda: self.script(f"Boolean({code})"), f"never true: {code}", seconds)

    def serve(self, stats: str | None = None, stats_file: Path | None = None) -> None:
        """Passes on what the page injects until the browser ends; writes what the code `stats` gives to a file now and
        then."""
        asked, due = None, time.monotonic() + STATS_EVERY_SECONDS
        while True:
            for message in self._messages(max(0.1, due - time.monotonic())):
                if message["id"] == asked and stats_file and "result" in message:
                    stats_file.write_text(message["result"]["result"].get("value") or "{}", encoding="utf-8")
            if stats and time.monotonic() >= due:
                due = time.monotonic() + STATS_EVERY_SECONDS
                asked = self._send("Runtime.evaluate", self._session, expression=stats, awaitPromise=True,
                                   returnByValue=True)

    def call(self, method: str, session: str | None = None, **parameters: object) -> dict:
        """A command of the DevTools protocol, and its result."""
        number = self._send(method, session, **parameters)
        while True:
            for message in self._messages(None):
                if message["id"] == number:
                    if "error" in message:
                        raise BrowserError(str(message["error"]))
                    return message["result"]

    def _on_page(self, method: str, **parameters: object) -> dict:
        return self.call(method, self._session, **parameters)

    def _page(self, scheme: str) -> str | None:
        targets = self.call("Target.getTargets")["targetInfos"]
        return next((target["targetId"] for target in targets
                     if target["type"] == "page" and target["url"].startswith(scheme)), None)

    @staticmethod
    def _wait(look: Callable[[], object], otherwise: str, seconds: float = LOAD_SECONDS):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if found := look():
                return found
            time.sleep(0.1)
        raise BrowserError(otherwise)

    def _send(self, method: str, session: str | None, **parameters: object) -> int:
        self._last_id += 1
        message: dict[str, object] = {"id": self._last_id, "method": method, "params": parameters}
        if session:
            message["sessionId"] = session
        os.write(self._write, json.dumps(message).encode() + b"\0")
        return self._last_id

    def _messages(self, timeout: float | None) -> list[dict]:
        """The answers that have arrived; events of the page are handled."""
        if not select.select([self._read], [], [], timeout)[0]:
            return []
        data = os.read(self._read, 1 << 20)
        if not data:
            sys.exit("the browser ended")
        *complete, self._rest = (self._rest + data).split(b"\0")
        answers = []
        for message in map(json.loads, complete):
            if message.get("method") == "Runtime.bindingCalled":
                self.on_inject(message["params"]["payload"])
            elif "id" in message:
                answers.append(message)
        return answers
