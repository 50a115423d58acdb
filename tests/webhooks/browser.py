"""A real headless Chromium, driven over its debugging pipe as a person would: by looking, clicking and typing.

Nothing is injected into pages: clicks and letters arrive as input, so that everything also works without JavaScript.
"""

import base64
import contextlib
import itertools
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.webhooks.chromium import find_chromium

Json = dict[str, Any]

FLAGS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--hide-scrollbars"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-extensions"),
    *("--remote-debugging-pipe", "--disable-dev-shm-usage", "--proxy-server=direct://"),
)

# Chromium reads from 3 and writes to 4.
_HAND_OVER = """
import os, sys
ends = [os.dup(int(each)) for each in sys.argv[1:3]]
spare = [os.dup(end) for end in ends for _ in range(4)]
os.dup2(spare[3], 3)
os.dup2(spare[7], 4)
os.execvp(sys.argv[3], sys.argv[3:])
"""


class Browser:
    """One tab. Every call waits until the page it leads to has been loaded."""

    def __init__(self, write: int, read: int) -> None:
        self._write, self._read = write, read
        self._numbers = itertools.count(1)
        self._rest = b""
        self._events: list[Json] = []
        self.requests: list[str] = []
        self.complaints: list[str] = []
        target = self._call("Target.createTarget", {"url": "about:blank"})["targetId"]
        self._session = self._call("Target.attachToTarget", {"targetId": target, "flatten": True})["sessionId"]
        for domain in ("Page", "DOM", "Network", "Log", "Runtime"):
            self.ask(f"{domain}.enable")

    def ask(self, method: str, **parameters: Any) -> Json:
        return self._call(method, parameters, session=self._session)

    def without_scripts(self) -> None:
        self.ask("Emulation.setScriptExecutionDisabled", value=True)

    def open(self, url: str) -> None:
        self._loading(lambda: self.ask("Page.navigate", url=url))

    def reload(self) -> None:
        self._loading(lambda: self.ask("Page.reload"))

    def click(self, selector: str) -> None:
        """A click in its middle that leads to another page."""
        self._loading(lambda: self._press(selector))

    def tick(self, selector: str) -> None:
        """A click that leads nowhere."""
        self._press(selector)

    def type(self, selector: str, text: str) -> None:
        """Put the text in the place of what stands there."""
        self._press(selector, times=3)
        key = {"key": "Backspace", "code": "Backspace", "windowsVirtualKeyCode": 8}
        self.ask("Input.dispatchKeyEvent", type="keyDown", **key)
        self.ask("Input.dispatchKeyEvent", type="keyUp", **key)
        self.ask("Input.insertText", text=text)

    def attribute(self, selector: str, name: str) -> str:
        flat = self.ask("DOM.getAttributes", nodeId=self._node(selector))["attributes"]
        return dict(zip(flat[::2], flat[1::2], strict=True)).get(name, "")

    def has(self, selector: str) -> bool:
        return bool(self._found(selector))

    def html(self) -> str:
        return str(self.ask("DOM.getOuterHTML", nodeId=self._root())["outerHTML"])

    @property
    def url(self) -> str:
        history = self.ask("Page.getNavigationHistory")
        return str(history["entries"][history["currentIndex"]]["url"])

    @property
    def title(self) -> str:
        history = self.ask("Page.getNavigationHistory")
        return str(history["entries"][history["currentIndex"]]["title"])

    def look_as(self, *, width: int, theme: str = "light") -> None:
        size = {"width": width, "height": 700, "deviceScaleFactor": 1.25, "mobile": False}
        self.ask("Emulation.setDeviceMetricsOverride", **size)
        self.ask("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": theme}])

    def scroll_width(self) -> int:
        """How wide the page wants to be."""
        return int(self.ask("Page.getLayoutMetrics")["cssContentSize"]["width"])

    def picture(self, path: Path) -> None:
        size = self.ask("Page.getLayoutMetrics")["cssContentSize"]
        clip = {"x": 0, "y": 0, "width": size["width"], "height": size["height"], "scale": 1}
        shot = self.ask("Page.captureScreenshot", clip=clip, captureBeyondViewport=True)
        path.write_bytes(base64.b64decode(shot["data"]))

    def _press(self, selector: str, times: int = 1) -> None:
        node = self._node(selector)
        self.ask("DOM.scrollIntoViewIfNeeded", nodeId=node)
        x1, y1, _, _, x2, y2, _, _ = self.ask("DOM.getBoxModel", nodeId=node)["model"]["content"]
        place = {"x": (x1 + x2) / 2, "y": (y1 + y2) / 2, "button": "left"}
        for count in range(1, times + 1):
            self.ask("Input.dispatchMouseEvent", type="mousePressed", clickCount=count, **place)
            self.ask("Input.dispatchMouseEvent", type="mouseReleased", clickCount=count, **place)

    def _node(self, selector: str) -> int:
        found = self._found(selector)
        assert found, f"nothing on the page is {selector}: {self.html()[:2000]}"
        return found

    def _found(self, selector: str) -> int:
        return int(self.ask("DOM.querySelector", nodeId=self._root(), selector=selector)["nodeId"])

    def _root(self) -> int:
        return int(self.ask("DOM.getDocument")["root"]["nodeId"])

    def _loading(self, act: Any) -> None:
        self._events.clear()
        act()
        while not self._is_loaded():
            self._heard(self._next())

    def _is_loaded(self) -> bool:
        """Another document has come, and is there as a whole; the empty first page's events may come late."""
        names = [event["method"] for event in self._events]
        arrived = [
            number
            for number, event in enumerate(self._events)
            if event["method"] == "Page.frameNavigated" and event["params"]["frame"]["url"] != "about:blank"
        ]
        return bool(arrived) and "Page.loadEventFired" in names[arrived[0] :]

    def _call(self, method: str, parameters: Json, session: str = "") -> Json:
        number = next(self._numbers)
        told = {"id": number, "method": method, "params": parameters} | ({"sessionId": session} if session else {})
        os.write(self._write, json.dumps(told).encode() + b"\0")
        while True:
            message = self._next()
            if message.get("id") == number:
                assert "error" not in message, f"{method}: {message['error']}"
                result: Json = message["result"]
                return result
            self._heard(message)

    def _heard(self, message: Json) -> None:
        if "method" not in message:
            return
        self._events.append(message)
        if message["method"] == "Network.requestWillBeSent":
            self.requests.append(message["params"]["request"]["url"])
        if message["method"] == "Log.entryAdded":
            entry = message["params"]["entry"]
            self.complaints.append(f"{entry.get('url', '')}: {entry['text']}")

    def _next(self) -> Json:
        while b"\0" not in self._rest:
            part = os.read(self._read, 2**16)
            assert part, "Chromium went away"
            self._rest += part
        text, _, self._rest = self._rest.partition(b"\0")
        message: Json = json.loads(text)
        return message


@contextlib.contextmanager
def browsing(folder: Path) -> Iterator[Browser]:
    """A browser with a new profile in `folder`; gone after the block. Without one, see `find_chromium`."""
    chromium = find_chromium()
    theirs_read, ours_write = os.pipe()
    ours_read, theirs_write = os.pipe()

    call = [sys.executable, "-c", _HAND_OVER, str(theirs_read), str(theirs_write)]
    call += [chromium.program, *FLAGS, f"--user-data-dir={folder / 'profile'}"]
    environ = {**os.environ, "HOME": str(folder), **chromium.environment}
    ends = (theirs_read, theirs_write)
    with (folder / "chromium.log").open("wb") as log:
        process = subprocess.Popen(call, pass_fds=ends, env=environ, stdout=log, stderr=log)
    os.close(theirs_read)
    os.close(theirs_write)
    try:
        yield Browser(ours_write, ours_read)
    finally:
        process.kill()
        process.wait()
        os.close(ours_write)
        os.close(ours_read)
