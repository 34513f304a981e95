"""A clamd of its own for a test: its socket, a database of one line, its process."""

import os
import signal
import socket
import subprocess
from pathlib import Path
from typing import Self

from tests.helpers.running_proxy import free_port
from tests.helpers.waiting import until

EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
OURS = b"this harmless text is what the test's database calls a virus"


class Clamd:
    """Ready once made."""

    def __init__(self, directory: Path) -> None:
        self.socket, self.port = directory / "clamd.sock", free_port()
        database = directory / "database"
        database.mkdir()
        (database / "own.ndb").write_text(f"Eicar-Test:0:*:{EICAR.hex()}\nOur-Test:0:*:{OURS.hex()}\n")
        config = directory / "clamd.conf"
        config.write_text(f"LocalSocket {self.socket}\nTCPSocket {self.port}\nTCPAddr 127.0.0.1\nForeground yes\n"
                          f"DatabaseDirectory {database}\nMaxThreads 4\nTemporaryDirectory {directory}\n")
        with (directory / "said").open("wb") as said:
            self.process = subprocess.Popen(["clamd", f"--config-file={config}"], stdout=said, stderr=said)
        until(lambda: self._answers() or self.process.poll() is not None, "clamd is ready")
        assert self.process.poll() is None, (directory / "said").read_text()

    def kill(self) -> None:
        """Without a word."""
        self.process.kill()
        self.process.wait()

    def stop(self) -> None:
        """Take connections and say nothing more."""
        os.kill(self.process.pid, signal.SIGSTOP)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

    def _answers(self) -> bool:
        with socket.socket(socket.AF_UNIX) as at:
            try:
                at.connect(str(self.socket))
            except OSError:
                return False
            at.sendall(b"zPING\0")
            return at.recv(10) == b"PONG\0"
