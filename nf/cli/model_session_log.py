"""A network function's session log as a load: what really happened, once more."""

import re
from collections.abc import Iterator
from datetime import datetime
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING, Final

from hwmodel import ModelError
from nf.cli.model_recorded import Recorded, columns
from nf.log.render import read_structured

if TYPE_CHECKING:
    from hwmodel.sessions import Sessions

_CREATE: Final = ("RT_FLOW_SESSION_CREATE", "RT_FLOW_SESSION_CREATE_LS")
_CLOSE: Final = ("RT_FLOW_SESSION_CLOSE", "RT_FLOW_SESSION_CLOSE_LS")
_PASSED: Final = ("SSL_PROXY_SESSION_IGNORE", "SSL_PROXY_SESSION_WHITELIST")
_CLOSED: Final = re.compile(  # the older form, one line of words
    r"^(?:<\d+>)?(?P<time>\w{3} [ \d]\d \d\d:\d\d:\d\d) .*RT_FLOW_SESSION_CLOSE(?:_LS)?: .*?session closed .*?: "
    r"(?P<client>\S+)/(?P<cport>\d+)->(?P<server>\S+)/(?P<sport>\d+) .*? (?P<proto>\d+) \S+ \S+ \S+ (?P<id>\d+) "
    r"(?P<cpackets>\d+)\((?P<cbytes>\d+)\) (?P<spackets>\d+)\((?P<sbytes>\d+)\) (?P<elapsed>\d+) (?P<rest>.*)")
_COUNTS: Final = ("packets-from-client", "packets-from-server", "bytes-from-client", "bytes-from-server")


def log_sessions(path: Path) -> "Sessions":
    """The sessions of RT_FLOW_SESSION_CREATE and RT_FLOW_SESSION_CLOSE lines, from time 0 on. Raises ModelError.

    A session that was never closed lives to the log's end and has carried nothing. TLS sessions count as decrypted unless an
    SSL proxy's line says that it let the session pass.
    """
    log = _Log()
    for number, line in enumerate(_lines(path), 1):
        try:
            log.take(line)
        except (KeyError, ValueError):
            raise ModelError(f"{path}:{number}", "", "not a complete session log line") from None
    if not (found := log.sessions()):
        wanted = "expected RT_FLOW_SESSION_CREATE and RT_FLOW_SESSION_CLOSE (policy: then log session-init session-close)"
        raise ModelError(str(path), "", f"no session log lines in it; {wanted}")
    return columns(str(path), found)


def _lines(path: Path) -> Iterator[str]:
    try:
        with path.open(encoding="utf-8", errors="replace") as file:
            yield from file
    except OSError as failure:
        raise ModelError(str(path), "", failure.strerror or "cannot be read") from None


class _Log:
    """What the lines so far have told."""

    def __init__(self) -> None:
        self._open: dict[str, Recorded] = {}
        self._closed: list[Recorded] = []
        self._passed: set[str] = set()
        self._last = 0.0

    def take(self, line: str) -> None:
        """One line; others than those of sessions say nothing. Raises KeyError, ValueError for a damaged one."""
        if match := _CLOSED.search(line):
            self._closed.append(_worded(match))
        elif (record := read_structured(line)) and record.name in (*_CREATE, *_CLOSE, *_PASSED):
            self._last = datetime.fromisoformat(line.split()[1]).timestamp()
            self._structured(record.name, dict(record.fields))

    def sessions(self) -> list[Recorded]:
        """All sessions; the open ones live until the last line."""
        for session in self._open.values():
            session.last = max(self._last, session.at)
        return [*self._closed, *self._open.values()]

    def _structured(self, name: str, fields: dict[str, str]) -> None:
        if name in _PASSED:
            self._passed.add(fields["session-id"])
            return
        number = fields["session-id-32"]
        session = self._open.pop(number, None) or _opened(fields, self._last - float(fields.get("elapsed-time", 0)))
        session.tls = fields.get("encrypted") == "Yes"
        if name in _CREATE:
            self._open[number] = session
            return
        session.decrypted = False if number in self._passed else None
        self._passed.discard(number)
        packets_out, packets_in, bytes_out, bytes_in = (int(fields[count]) for count in _COUNTS)
        session.last, session.packets, session.bytes = self._last, packets_out + packets_in, bytes_out + bytes_in
        self._closed.append(session)


def _opened(fields: dict[str, str], at: float) -> Recorded:
    client, server = ip_address(fields["source-address"]), ip_address(fields["destination-address"])
    return Recorded(at, client.packed, int(fields["source-port"]), server.packed, int(fields["destination-port"]),
                    int(fields["protocol-id"]))


def _worded(match: re.Match[str]) -> Recorded:
    """A closed session in words; the year, which the line lacks, plays no part but in leap years."""
    end = datetime.strptime(f"2000 {match['time']}", "%Y %b %d %H:%M:%S").timestamp()  # noqa: DTZ007  # only differences count
    return Recorded(
        at=end - int(match["elapsed"]),
        client=ip_address(match["client"]).packed,
        client_port=int(match["cport"]),
        server=ip_address(match["server"]).packed,
        server_port=int(match["sport"]),
        protocol=int(match["proto"]),
        tls=" Yes " in match["rest"],
        last=end,
        packets=int(match["cpackets"]) + int(match["spackets"]),
        bytes=int(match["cbytes"]) + int(match["sbytes"]),
    )
