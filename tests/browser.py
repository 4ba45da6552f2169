"""Chromium without a screen, driven by its own driver over W3C WebDriver: JSON and HTTP alone."""

import base64
import json
import re
import shutil
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

FLAGS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
    *("--disable-dev-shm-usage", "--window-size=1100,900"),
)


def missing() -> str:
    """Which of the two programs is not there, if one is not."""
    lost = [name for name in ("chromium", "chromedriver") if shutil.which(name) is None]
    return " and ".join(lost)


class Browser:
    """One window."""

    def __init__(self, session: str):
        self.session = session

    def ask(self, method: str, path: str, body: dict | None = None) -> Any:
        """The value that the driver answers with."""
        return _ask(f"{self.session}/{path}", method, body)

    def open(self, address: str) -> None:
        self.ask("POST", "url", {"url": address})

    def run(self, script: str, *arguments) -> Any:
        """What a function of this body returns in the page."""
        return self.ask("POST", "execute/sync", {"script": script, "args": arguments})

    def click(self, selector: str) -> None:
        """As a person would: it must be seen, and nothing may lie over it."""
        found = self.ask("POST", "element", {"using": "css selector", "value": selector})
        self.ask("POST", f"element/{next(iter(found.values()))}/click", {})

    def press(self, *keys: str) -> None:
        """Keys, one after another, wherever the focus is."""
        ways = ("keyDown", "keyUp")
        actions = [{"type": way, "value": key} for key in keys for way in ways]
        given = [{"type": "key", "id": "keyboard", "actions": actions}]
        self.ask("POST", "actions", {"actions": given})

    def until(self, script: str, good: Callable[[Any], bool] = bool, seconds: float = 20) -> Any:
        """What the script returns as soon as it is good."""
        end = time.monotonic() + seconds
        while not good(found := self.run(f"return {script}")):
            assert time.monotonic() < end, f"{script} is {found} after {seconds} seconds"
            time.sleep(0.05)
        return found

    def complaints(self) -> list[str]:
        """What stands in the console since it was last asked for."""
        return [entry["message"] for entry in self.ask("POST", "se/log", {"type": "browser"})]

    def picture(self, path: Path) -> None:
        """The window as a PNG."""
        path.write_bytes(base64.b64decode(self.ask("GET", "screenshot")))


@contextmanager
def browser(folder: Path) -> Iterator[Browser]:
    """A browser that keeps what it needs, and what it downloads, in this folder."""
    call = ["chromedriver", "--port=0"]
    driver = subprocess.Popen(call, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    try:
        said = next(line for line in driver.stdout if "successfully on port" in line)
        address = f"http://127.0.0.1:{re.findall('[0-9]+', said)[-1]}/session"
        options = {
            "args": [*FLAGS, f"--user-data-dir={folder / 'profile'}"],
            "prefs": {"download.default_directory": str(folder)},
        }
        wanted = {"goog:chromeOptions": options, "goog:loggingPrefs": {"browser": "ALL"}}
        given = {"capabilities": {"alwaysMatch": wanted}}
        session = f"{address}/{_ask(address, 'POST', given)['sessionId']}"
        try:
            yield Browser(session)
        finally:
            _ask(session, "DELETE")
    finally:
        driver.terminate()
        driver.wait(10)


def _ask(address: str, method: str, body: dict | None = None) -> Any:
    content = None if method != "POST" else json.dumps(body or {}).encode()
    asked = urllib.request.Request(address, content, method=method)
    try:
        with urllib.request.urlopen(asked, timeout=60) as reply:
            return json.load(reply)["value"]
    except urllib.error.HTTPError as error:
        raise AssertionError(json.load(error)["value"]["message"]) from error
