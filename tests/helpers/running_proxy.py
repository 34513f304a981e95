"""`srxnf proxy` as a real child process, ended by its process id."""

import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Self

from nf.dataplane.control import ask
from nf.dataplane.wiring import endpoint
from nf.dataplane.worker import LINES_WAIT
from tests.helpers.loopback_pki import LoopbackPki
from tests.helpers.origin import DEADLINE, LOOPBACK
from tests.helpers.waiting import until

TOLD = 0.2  # seconds within which a worker tells of what it has accepted
STARTED = 60.0  # seconds; a start is the most work that a test asks for, and several run side by side
ROOT = Path(__file__).parents[2]
CONFIGURATION = """
system { host-name srx; }
interfaces {
    ge-0/0/0 { unit 0 { family ethernet-switching; } }
    ge-0/0/1 { unit 0 { family ethernet-switching; } }
}
security {
    pki { ca-profile lab-root { ca-identity lab-root; } }
    zones {
        security-zone trust { interfaces { ge-0/0/0.0; } application-tracking; }
        security-zone untrust { interfaces { ge-0/0/1.0; } }
    }
    policies {
        from-zone trust to-zone untrust {
            policy inspect {
                match { source-address any; destination-address any; application any; }
                then {
                    permit { application-services { ssl-proxy { profile-name fp; } } }
                    log { session-init; session-close; }
                }
            }
        }
    }
}
services { ssl { proxy { profile fp { root-ca ssl-proxy-ca; trusted-ca lab-root; actions { log { all; } } } } } }
"""


def free_port(kind: socket.SocketKind = socket.SOCK_STREAM) -> int:
    """Nobody has it now, and none of the tests beside this one gets it: the system hands out ports from 32768 on."""
    while True:
        port = 10_000 + secrets.randbelow(20_000)
        with socket.socket(socket.AF_INET, kind) as taken, suppress(OSError):
            taken.bind((LOOPBACK, port))
            return port


class RunningProxy:
    """Its address, its log as records, its control socket, its processes."""

    def __init__(self, directory: Path, pki: LoopbackPki, server: tuple[str, int], *, workers: int = 2,
                 impatient: bool = False, configuration: str = CONFIGURATION, limits: Sequence[str] = (),
                 options: Sequence[str] = (), host: str = LOOPBACK, pki_directory: Path | None = None) -> None:
        self.address = host, free_port()
        self.control, self.log, self.said = directory / "control", directory / "log.jsonl", directory / "stderr"
        config = directory / "srx.conf"
        config.write_text(configuration, encoding="utf-8")
        where, server_at = str(self.address[1]), endpoint(server)
        words = [str(Path(sys.executable).with_name("srxnf")), "proxy", "--config", config,
                 "--pki", pki_directory or pki.directory / "pki", "--listen", endpoint(self.address), "--connect", server_at,
                 "--spus", str(workers),
                 "--log", self.log, "--control", self.control, *options]
        if impatient:
            words = [sys.executable, "-m", "tests.helpers.impatient", config, pki.directory / "pki", where, server_at,
                     self.control, self.log]
        with self.said.open("wb") as said:
            self.process = subprocess.Popen([*limits, *map(str, words)], stderr=said, stdout=subprocess.DEVNULL, cwd=ROOT)
        try:
            until(lambda: "ready" in self.stderr or self.process.poll() is not None, "the proxy is ready", STARTED)
        except AssertionError:  # else nobody would end it
            self.process.kill()
            self.process.wait()
            raise
        assert self.process.poll() is None, self.stderr

    @property
    def stderr(self) -> str:
        return self.said.read_text()

    def connect(self) -> socket.socket:
        """A client's TCP connection."""
        return socket.create_connection(self.address, timeout=DEADLINE)

    def ask(self, what: str) -> dict[str, Any]:
        return ask(self.control, {"show": what})

    def service(self, name: str, word: str) -> dict[str, Any]:
        """What a security service says of itself."""
        return ask(self.control, {"show": "service", "service": name, "word": word})

    def counters(self) -> dict[str, int]:
        counters: dict[str, int] = self.ask("statistics")["counters"]
        return counters

    def workers(self) -> dict[int, int]:
        """Process ids of the living workers by number."""
        return {row["worker"]: row["pid"] for row in self.ask("workers")["workers"] if row["alive"]}

    def is_idle(self) -> bool:
        """No session, and none that a worker has accepted and not told of."""
        if self.ask("sessions")["total"]:
            return False
        time.sleep(TOLD)
        return not self.ask("sessions")["total"]

    def forget_log(self) -> None:
        """Begin the log anew: a later session may have the port of an earlier one."""
        os.truncate(self.log, 0)

    def all_records(self) -> list[dict[str, str]]:
        """The whole log; every line must be one record. The last may still be on its way."""
        return [json.loads(line) for line in self.log.read_text().splitlines(keepends=True) if line.endswith("\n")]

    def records(self, name: str, client: socket.socket | tuple[str, int]) -> list[dict[str, str]]:
        """The log records of this name about one client's session, once workers have written what they have."""
        time.sleep(5 * LINES_WAIT)  # and they may wait a tick of the loop longer
        port = str((client if isinstance(client, tuple) else client.getsockname())[1])
        return [record for record in self.all_records() if (record["name"], record.get("source-port")) == (name, port)]

    def record(self, name: str, client: socket.socket | tuple[str, int]) -> dict[str, str]:
        """The one such record, waited for."""
        found = until(lambda: self.records(name, client), f"{name} in the log")
        assert len(found) == 1
        return found[0]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Leave no process behind, however the test ended."""
        self.process.kill()
        self.process.wait()

    def end(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Ask it to end; its exit status."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        return self.process.wait(timeout=20)

    def descriptors(self) -> int:
        """Open descriptors of all its processes together."""
        return sum(len(list(Path(f"/proc/{pid}/fd").iterdir())) for pid in (self.process.pid, *self.workers().values()))
