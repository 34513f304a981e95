"""FTP's files, which come in connections of their own: how those are known, whichever worker has them.

The control connection tells every worker where the client will go for a file (PASV, EPSV), or where the server will come
with it (PORT, EPRT), and which file that is; the server's reply and the client's commands wait until all have heard it,
for tens of milliseconds.
"""

import re
from collections.abc import Iterator, Mapping
from ipaddress import ip_address
from typing import Final

from hwmodel.session import Direction, IpAddress
from nf.log.records import SessionFacts
from nf.protocols.items import Body, Command, Complete, Item, Reply
from nf.protocols.transfers import UPLOADS
from nf.services import Bulletin, Piece
from nf.services.utm.feature import Feature, Rulings

MARK: Final = "ftp "  # begins the keys of bulletins
_BY_SERVER: Final = " by server"  # who opens the data connection
_SECONDS: Final = 60.0  # in which the client comes
_TICK, _PATIENCE = 0.02, 1.0  # seconds between two looks whether all have heard, and for all of them
_MOST: Final = 100_000  # that are expected at a time
_LOWEST: Final = 1024  # port
_PASSIVE: Final = re.compile(r"\d{1,3},\d{1,3},\d{1,3},\d{1,3},(\d{1,3}),(\d{1,3})")  # RFC 959 §4.1.2
_ACTIVE: Final = re.compile(r"(\d{1,3}(?:,\d{1,3}){3}),(\d{1,3}),(\d{1,3})")
_EXTENDED_ACTIVE: Final = re.compile(r"([^\d])[12]\1(.+?)\1(\d{1,5})\1")  # RFC 2428 §2
_EXTENDED: Final = re.compile(r"\(([^\d])\1\1(\d{1,5})\1\)")  # RFC 2428 §3


class Gates:
    """The data connections that are expected, and their files, as this worker has heard of them."""

    def __init__(self) -> None:
        self._heard: dict[str, tuple[str, float]] = {}

    def hear(self, bulletin: Bulletin, now: float) -> None:
        """Something is expected; a new place makes an older file void."""
        self._heard.pop(bulletin.key, None)
        if bulletin.key.startswith(_gate("")):
            self._heard.pop(_file(bulletin.value.removesuffix(_BY_SERVER)), None)
        while self._heard and (len(self._heard) >= _MOST or next(iter(self._heard.values()))[1] <= now):
            del self._heard[next(iter(self._heard))]  # the oldest
        self._heard[bulletin.key] = bulletin.value, now + bulletin.seconds

    def knows(self, bulletin: Bulletin) -> bool:
        """Whether this has been heard."""
        return self._heard.get(bulletin.key, ("", 0.0))[0] == bulletin.value

    def control(self, facts: SessionFacts, now: float) -> str | None:
        """The control connection that a session was opened for, and by whom; None for one that nobody has announced."""
        client, _, server, port = facts.ends
        return self._of(_gate(f"{client} {server} {port}"), now)

    def file(self, control: str, now: float) -> tuple[str, str] | None:
        """The command and the file's path that a data connection is used for."""
        verb, _, path = (self._of(_file(control), now) or "").partition(" ")
        return (verb, path) if verb else None

    def _of(self, key: str, now: float) -> str | None:
        value, until = self._heard.get(key, ("", 0.0))
        return value if until > now else None


class FtpControl(Feature):
    """Announces the data connections of a control connection."""

    def __init__(self, facts: SessionFacts, gates: Gates) -> None:
        self._facts, self._gates, self._control = facts, gates, str(facts.session_id)
        self._waiting: dict[Direction, tuple[int, Bulletin]] = {}
        self._due = self._until = 0.0

    @property
    def held(self) -> Mapping[Direction, int]:
        """What must not arrive before all have heard of it."""
        return {direction: start for direction, (start, _) in self._waiting.items()}

    @property
    def due(self) -> float | None:
        """When to look again."""
        return self._due if self._waiting else None

    def item(self, item: Item, said: Rulings) -> None:
        """A place where a file will be had, or which file."""
        if not isinstance(item, Command | Reply) or item.protocol != "FTP":
            self.done = not isinstance(item, Command | Reply)
            return
        if isinstance(item, Command):
            if item.verb in UPLOADS:
                self._tell(item, said, Bulletin("utm", _file(self._control), f"{item.verb} {item.argument}", _SECONDS))
            comes = self._comes(item)
            if comes is not None:
                self._tell(item, said, Bulletin("utm", _gate(comes), self._control + _BY_SERVER, _SECONDS))
            return
        place = self._place(item)
        if place is not None:
            self._tell(item, said, Bulletin("utm", _gate(place), self._control, _SECONDS))

    def wake(self, said: Rulings) -> None:
        """Whether all have heard: then this worker has too."""
        self._due = said.now + _TICK
        self._waiting = {direction: (start, told) for direction, (start, told) in self._waiting.items()
                         if said.now < self._until and not self._gates.knows(told)}

    def _tell(self, item: Item, said: Rulings, bulletin: Bulletin) -> None:
        said.bulletins += (bulletin,)
        start = self._waiting[item.direction][0] if item.direction in self._waiting else item.start
        self._waiting[item.direction] = start, bulletin
        self._due, self._until = said.now + _TICK, said.now + _PATIENCE

    def _place(self, reply: Reply) -> str | None:
        """Where the client goes; nobody opens a gate between others, or to what is no port for files."""
        extended = _EXTENDED.search(reply.text) if reply.code == 229 else None
        passive = _PASSIVE.search(reply.text) if reply.code == 227 else None
        port = int(extended[2]) if extended else int(passive[1]) * 256 + int(passive[2]) if passive else 0
        client, _, server, _ = self._facts.ends
        return f"{client} {server} {port}" if port >= _LOWEST else None


    def _comes(self, command: Command) -> str | None:
        """Where the server comes: to this client, and to nobody else that it may name."""
        extended = _EXTENDED_ACTIVE.fullmatch(command.argument.strip()) if command.verb == "EPRT" else None
        active = _ACTIVE.fullmatch(command.argument.strip()) if command.verb == "PORT" else None
        if extended:
            named, port = extended[2], int(extended[3])
        elif active:
            named, port = active[1].replace(",", "."), int(active[2]) * 256 + int(active[3])
        else:
            return None
        client, _, server, _ = self._facts.ends
        return f"{server} {client} {port}" if _is(named, self._facts.five_tuple.src) and port >= _LOWEST else None


class DataConnection:
    """One file's bytes as items of a message that is nothing else."""

    def __init__(self, gates: Gates, control: str) -> None:
        self._gates, self._control = gates, control.removesuffix(_BY_SERVER)
        self._to_client = Direction.C2S if control.endswith(_BY_SERVER) else Direction.S2C
        self.file: tuple[str, str] | None = None

    def items(self, piece: Piece) -> Iterator[Item]:
        """The next bytes, and the end; nothing of a listing."""
        if self.file is None:
            self.file = self._gates.file(self._control, piece.now)
        way, end = piece.direction, piece.start + len(piece.data)
        if self.file is None or (way is not self._to_client) is not UPLOADS[self.file[0]]:
            return
        if piece.data:
            yield Body(way, piece.start, end, 0, piece.data, piece.data)
        if piece.final:
            yield Complete(way, end, end, 0)


def _is(text: str, address: IpAddress) -> bool:
    try:
        return ip_address(text) == address
    except ValueError:
        return False


def _gate(place: str) -> str:
    return f"{MARK}gate {place}"


def _file(control: str) -> str:
    return f"{MARK}file {control}"
