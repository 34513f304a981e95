"""The keys of both TLS ends of every session, in the form that Wireshark reads (SSLKEYLOGFILE, RFC 9850).

Whoever reads the file reads the sessions. It is made only when an operator asks for it, for its owner alone.
"""

import contextlib
import os
import stat
from pathlib import Path
from typing import Final

from OpenSSL import SSL

_FLAGS: Final = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW


class KeyLogError(Exception):
    """The file cannot be used; the message says why and what to do."""


class KeyLog:
    """Opened before the workers fork: each appends whole lines."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self._fd = os.open(path, _FLAGS, 0o600)
        except OSError as error:
            raise KeyLogError(f"--key-log {path}: {error.strerror}") from error
        mode = os.fstat(self._fd).st_mode
        if not stat.S_ISREG(mode):
            raise KeyLogError(f"--key-log {path}: expected a file of its own")
        if mode & (stat.S_IRWXG | stat.S_IRWXO):
            raise KeyLogError(f"--key-log {path}: open to others (mode {mode & 0o777:04o}); chmod 600 it")

    @property
    def warning(self) -> str:
        """What an operator must know."""
        return f"WARNING: the keys of all decrypted sessions are written to {self.path}: whoever reads it reads the sessions"

    def attach(self, context: SSL.Context) -> None:
        """Have the keys of every connection that begins on this context, or moves to it, written down."""
        context.set_keylog_callback(self._write)

    def _write(self, _: SSL.Connection, line: bytes) -> None:
        with contextlib.suppress(OSError):  # a full disk costs keys, never sessions
            os.write(self._fd, line + b"\n")
