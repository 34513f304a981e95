"""A real rsyslog of the test's own: UDP, TCP and TLS on loopback, every message as it came, a line each."""

import shutil
import socket
import subprocess
from pathlib import Path

from tests.helpers.running_proxy import free_port
from tests.helpers.waiting import until

RSYSLOGD = shutil.which("rsyslogd", path="/usr/sbin:/usr/bin:/sbin")
LOOPBACK = "127.0.0.1"
CONFIGURATION = """
global(workDirectory="{directory}" maxMessageSize="64k" parser.escapeControlCharactersOnReceive="off"
       defaultNetstreamDriverCAFile="{anchors}" defaultNetstreamDriverCertFile="{certificate}"
       defaultNetstreamDriverKeyFile="{certificate}")
module(load="imudp")
module(load="imtcp")
template(name="raw" type="string" string="%inputname%/%protocol-version%/%syslogtag%/%rawmsg%\\n")
ruleset(name="all") {{ action(type="omfile" file="{directory}/messages" template="raw" flushInterval="1") }}
input(type="imudp" address="{loopback}" port="{udp}" name="udp" ruleset="all")
input(type="imtcp" address="{loopback}" port="{tcp}" name="tcp" ruleset="all")
input(type="imtcp" address="{loopback}" port="{tls}" name="tls" ruleset="all" streamDriver.name="ossl"
      streamDriver.mode="1" streamDriver.authMode="anon")
"""


class Rsyslog:
    """Starts with `start`, is ended by its process; ports stay the same."""

    def __init__(self, directory: Path, certificate: Path, anchors: Path) -> None:
        self.ports = {"udp": free_port(socket.SOCK_DGRAM), "tcp": free_port(), "tls": free_port()}
        self._file, self._directory = directory / "messages", directory
        self._process: subprocess.Popen[bytes] | None = None
        (directory / "rsyslog.conf").write_text(CONFIGURATION.format(
            directory=directory, anchors=anchors, certificate=certificate, loopback=LOOPBACK, **self.ports))

    def start(self) -> None:
        """Until it listens everywhere."""
        assert RSYSLOGD is not None
        with (self._directory / "said").open("ab") as said:
            self._process = subprocess.Popen([RSYSLOGD, "-n", "-f", str(self._directory / "rsyslog.conf"), "-i",
                                              str(self._directory / "pid")], stdout=said, stderr=said)
        until(lambda: all(map(self._listens, ("tcp", "tls"))), "rsyslog listens")

    def stop(self) -> None:
        """End it."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait(timeout=10)
            self._process = None

    def messages(self, transport: str) -> list[tuple[str, str]]:
        """What came over this transport: the protocol version that rsyslog read in it, and the text."""
        lines = self._file.read_text().splitlines() if self._file.exists() else []
        parts = [line.split("/", 3) for line in lines]
        return [(version, text) for name, version, _, text in parts if name == transport]

    def _listens(self, transport: str) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex((LOOPBACK, self.ports[transport])) == 0
