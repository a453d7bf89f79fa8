"""A browser without a window: a page at the width of a phone or a desk, what it asks for, and what lies on what.

    with browser.Page(url, width=360) as page:
        page.evaluate("document.title"), page.requests, page.photograph(path)
"""

import base64
import contextlib
import itertools
import json
import pathlib
import shutil
import subprocess
import tempfile
import time
from types import TracebackType
from typing import Any, Self

from websockets.sync import client

from rigs import servers

FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
    "--disable-sync", "--no-first-run", "--hide-scrollbars", "--remote-debugging-port=0",
)  # fmt: skip
START_S, LOADED_S = 60.0, 60.0

OVERLAPS = """(() => {
  const found = [], boxes = [...document.querySelectorAll('svg text')].map(e => [e, e.getBoundingClientRect()]);
  for (const [e, a] of boxes) {
    if (!a.width || !a.height) found.push('no room: ' + e.textContent);
    const s = e.closest('svg').getBoundingClientRect();
    if (a.left < s.left - 1 || a.right > s.right + 1 || a.top < s.top - 1 || a.bottom > s.bottom + 1)
      found.push('cut off: ' + e.textContent);
  }
  for (let i = 0; i < boxes.length; i++) for (let j = i + 1; j < boxes.length; j++) {
    const [e, a] = boxes[i], [f, b] = boxes[j];
    if (a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 2 && b.top < a.bottom - 2)
      found.push(e.textContent + ' on ' + f.textContent);
  }
  const blocks = [...document.querySelectorAll('h1, h2, p, li, figure, .table')];
  const rects = blocks.map(e => e.getBoundingClientRect());
  for (let i = 0; i < blocks.length; i++) {
    if (rects[i].right > innerWidth + 1) found.push('too wide: ' + blocks[i].textContent.slice(0, 40));
    for (let j = i + 1; j < blocks.length; j++)
      if (!blocks[i].contains(blocks[j]) && rects[i].left < rects[j].right - 1 && rects[j].left < rects[i].right - 1 &&
          rects[i].top < rects[j].bottom - 1 && rects[j].top < rects[i].bottom - 1)
        found.push(blocks[i].textContent.slice(0, 40) + ' on ' + blocks[j].textContent.slice(0, 40));
  }
  return found;
})()"""
"""Words on words or cut off, blocks on blocks or wider than the window."""


def program() -> str:
    """Chromium, under whichever of its names it is here."""
    found = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), "")
    if not found:
        servers.need("chromium")
    return found


class Page:
    """A page that has been loaded.

    Attributes
    ----------
    requests : list of str
        Addresses that were asked for.
    """

    def __init__(self, url: str, width: int, height: int = 900) -> None:
        self.requests: list[str] = []
        self._profile = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        self._process = subprocess.Popen(
            [program(), *FLAGS, f"--user-data-dir={self._profile.name}", "about:blank"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        self._numbers, self._opened = itertools.count(1), contextlib.ExitStack()
        try:
            self._socket = self._opened.enter_context(client.connect(self._door(), max_size=None))
            target = self._ask("Target.createTarget", {"url": "about:blank"}, "")["targetId"]
            self._session = self._ask("Target.attachToTarget", {"targetId": target, "flatten": True}, "")["sessionId"]
            screen = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600}
            self._ask("Emulation.setDeviceMetricsOverride", screen)
            for domain in ("Network", "Page"):
                self._ask(f"{domain}.enable", {})
            self._loaded = False
            self._ask("Page.navigate", {"url": url})
            until = time.monotonic() + LOADED_S
            while not self._loaded and time.monotonic() < until:
                self._hear(json.loads(self._socket.recv(timeout=LOADED_S)))
        except BaseException:
            self.close()
            raise

    def _door(self) -> str:
        """Address of its debugger, once it is there."""
        told = pathlib.Path(self._profile.name, "DevToolsActivePort")
        until = time.monotonic() + START_S
        while time.monotonic() < until:
            lines = told.read_text().split("\n") if told.exists() else []
            if len(lines) > 1 and lines[1]:
                return f"ws://127.0.0.1:{lines[0]}{lines[1]}"
            time.sleep(0.05)
        raise TimeoutError("the browser did not start")

    def _ask(self, method: str, params: dict[str, Any], session: str | None = None) -> dict[str, Any]:
        number = next(self._numbers)
        message: dict[str, Any] = {"id": number, "method": method, "params": params}
        if session is None:
            message["sessionId"] = self._session
        self._socket.send(json.dumps(message))
        while True:
            heard = json.loads(self._socket.recv(timeout=LOADED_S))
            if heard.get("id") == number:
                assert "error" not in heard, heard
                return dict(heard["result"])
            self._hear(heard)

    def _hear(self, heard: dict[str, Any]) -> None:
        if heard.get("method") == "Network.requestWillBeSent":
            self.requests.append(heard["params"]["request"]["url"])
        elif heard.get("method") == "Page.loadEventFired":
            self._loaded = True

    def evaluate(self, expression: str) -> Any:
        """Value of an expression in the page."""
        found = self._ask("Runtime.evaluate", {"expression": expression, "returnByValue": True})
        assert "exceptionDetails" not in found, found
        return found["result"].get("value")

    def overlaps(self) -> list[str]:
        """What lies on something else, is cut off or too wide."""
        return list(self.evaluate(OVERLAPS))

    def photograph(self, path: pathlib.Path) -> None:
        """The whole page as a PNG."""
        made = self._ask("Page.captureScreenshot", {"format": "png", "captureBeyondViewport": True})
        path.write_bytes(base64.b64decode(made["data"]))

    def close(self) -> None:
        """End the browser."""
        self._opened.close()
        self._process.terminate()
        self._process.wait(20)
        self._profile.cleanup()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()
