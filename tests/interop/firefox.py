"""Firefox without a window, steered over its Marionette socket: a command is JSON behind its length, and so is its answer."""

import json
import os
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.helpers.loopback_pki import NAME
from tests.helpers.waiting import until

SECONDS = 60.0
# The one name is the loopback; for all others there is a proxy that nobody is.
ONLY_HERE = f"data:,function FindProxyForURL(url, host) {{ return host == '{NAME}' ? 'DIRECT' : 'PROXY 127.0.0.1:9'; }}"
PREFERENCES = {"network.proxy.type": 2, "network.proxy.autoconfig_url": ONLY_HERE, "network.dns.localDomains": NAME,
               "network.dns.disableIPv6": True, "marionette.port": 0, "app.update.disabledForTesting": True,
               "datareporting.policy.dataSubmissionEnabled": False, "toolkit.telemetry.reportingpolicy.firstRun": False,
               "network.captive-portal-service.enabled": False, "network.connectivity-service.enabled": False}


class CommandError(Exception):
    """What Firefox says that went wrong."""


class Firefox:
    """One window."""

    def __init__(self, port: int) -> None:
        self._sock = socket.create_connection(("127.0.0.1", port), SECONDS)
        self._number = 0
        self._hear()
        self.do("WebDriver:NewSession")

    def do(self, command: str, **given: object) -> Any:
        """One command; CommandError for its error."""
        self._number += 1
        said = json.dumps([0, self._number, command, given]).encode()
        self._sock.sendall(b"%d:%s" % (len(said), said))
        _, _, error, result = self._hear()
        if error:
            raise CommandError(f"{error['error']}: {error['message']}")
        return result

    def source(self, url: str) -> str:
        """The page as it stands in the window."""
        self.do("WebDriver:Navigate", url=url)
        return str(self.do("WebDriver:GetPageSource")["value"])

    def _hear(self) -> Any:
        size = b""
        while (sign := self._sock.recv(1)) != b":":
            size += sign
        return json.loads(self._sock.recv(int(size), socket.MSG_WAITALL))


@contextmanager
def running(home: Path, *roots: Path) -> Iterator[Firefox]:
    """A window of a profile that trusts these CAs and no other but the browser's own."""
    profile = home / "profile"
    profile.mkdir(parents=True)
    lines = (f"user_pref({json.dumps(name)}, {json.dumps(value)});\n" for name, value in PREFERENCES.items())
    (profile / "user.js").write_text("".join(lines))
    subprocess.run(["certutil", "-N", "-d", f"sql:{profile}", "--empty-password"], check=True)
    for number, root in enumerate(roots):
        subprocess.run(["certutil", "-A", "-d", f"sql:{profile}", "-n", f"root {number}", "-t", "C,,", "-i", str(root)],
                       check=True)
    with (home / "said").open("wb") as said:
        process = subprocess.Popen(["firefox-esr", "--headless", "--no-remote", "--marionette", "--profile", str(profile)],
                                   env={**os.environ, "HOME": str(home)}, stdout=said, stderr=said)
    try:
        port = profile / "MarionetteActivePort"
        until(lambda: port.exists() and port.read_text(), "Firefox listens", SECONDS)
        firefox = Firefox(int(port.read_text()))
        yield firefox
        firefox.do("Marionette:Quit", flags=["eForceQuit"])
        process.wait(20)
    finally:
        process.kill()
        process.wait()
