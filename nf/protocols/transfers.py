"""Files on their way through a session, whatever protocol carries them: contents of HTTP messages, parts of forms and mails.

FTP's files come in sessions of their own: of these only the name is known, from the command.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from hwmodel.session import Direction
from nf.protocols.content import FORM
from nf.protocols.disposition import file_name, media_type
from nf.protocols.file_types import HEAD, file_type, settled
from nf.protocols.items import Body, Broken, Command, Complete, Headers, Item, Mail, Part, Request, Response

UPLOADS: Final = {"RETR": False, "STOR": True, "APPE": True, "STOU": True}  # FTP's commands for files, and who sends those


class File(Struct, frozen=True):
    """A file as it is announced; the number under which its bytes come is `key`."""

    key: int
    direction: Direction
    exchange: int
    protocol: str  # HTTP, SMTP, POP3, IMAP, FTP
    upload: bool  # the client sends it
    name: str = ""
    mime: str = ""  # in lower case, without parameters
    host: str = ""
    url: str = ""  # host and path, without scheme
    size: int | None = None  # in bytes as they pass, where that is said
    sender: str = ""
    recipients: tuple[str, ...] = ()
    headers: Headers = ()
    part_of: int | None = None  # the exchange of the message that it is a part of

    @property
    def from_initiator(self) -> bool:
        """Whether who opened the connection sends it: not the same as an upload where FTP's server comes to the client."""
        return self.direction is Direction.C2S

    @property
    def message(self) -> int:
        """The exchange of the message that carries it."""
        return self.exchange if self.part_of is None else self.part_of


class Begun(Struct, frozen=True):
    """A file is announced at offset `start` of its direction."""

    file: File
    start: int


class Typed(Struct, frozen=True):
    """Its first bytes have told what it is: one of FILE_TYPES, "" for none of them."""

    file: File
    type: str


class Data(Struct, frozen=True):
    """More of it; `coded` as in Body."""

    file: File
    start: int
    end: int
    data: bytes
    coded: bytes


class Ended(Struct, frozen=True):
    """Nothing more of it comes; `whole` tells whether all has come. `size` counts its bytes without coding."""

    file: File
    end: int
    size: int
    whole: bool


Event: TypeAlias = Begun | Typed | Data | Ended


@dataclass(slots=True)
class _Open:
    file: File
    head: bytes | None = b""  # None: its type is known
    size: int = 0


@dataclass(slots=True)
class Transfers:
    """The files of one session."""

    _open: dict[tuple[Direction, int], _Open] = field(default_factory=dict)
    _mails: dict[int, Mail] = field(default_factory=dict)
    _requests: dict[int, Request] = field(default_factory=dict)
    _count: int = 0

    def follow(self, items: Iterable[Item]) -> Iterator[Event]:
        """What these items mean for files."""
        for item in items:
            match item:
                case Body():
                    yield from self._data(item)
                case Complete() | Broken():
                    yield from self._end(item, whole=isinstance(item, Complete))
                case Request() | Response():
                    yield from self._message(item)
                case Part():
                    yield from self._part(item)
                case Mail():
                    self._mails[item.exchange] = item
                case Command(protocol="FTP", verb=verb) if verb in UPLOADS:
                    yield from self._named(item)

    def alone(self, verb: str, path: str, direction: Direction, start: int) -> Begun:
        """A file of FTP begins in a connection of its own, where its Body and Complete have the exchange 0."""
        return self._begin(File(self._number(), direction, 0, "FTP", UPLOADS[verb], path.rpartition("/")[2], url=path), start)

    def _message(self, head: Request | Response) -> Iterator[Event]:
        """A message that will have content; where a request does not tell that, its first content does."""
        size = _length(head.headers)
        if isinstance(head, Request):
            self._requests[head.exchange] = head
            if not size and not any(name == "transfer-encoding" for name, _ in head.headers):
                return
        elif head.status in {101, 204, 304} or size == 0 or (head.request and head.request.method in {"HEAD", "CONNECT"}):
            return
        if media_type(head.headers) != FORM or isinstance(head, Response):
            yield self._begin(self._content(head, size), head.start)

    def _content(self, head: Request | Response, size: int | None) -> File:
        request = head if isinstance(head, Request) else head.request
        host, path = (request.host, request.path) if request else ("", "")
        name = file_name(head.headers) or path.partition("?")[0].rpartition("/")[2]
        return File(self._number(), head.direction, head.exchange, "HTTP", isinstance(head, Request), name,
                    media_type(head.headers), host, host + path, size, headers=head.headers)

    def _part(self, part: Part) -> Iterator[Event]:
        """A part of a mail, or a form's that is a file."""
        request, mail = self._requests.get(part.of), self._mails.get(part.of)
        file = File(self._number(), part.direction, part.exchange, "HTTP", part.direction is Direction.C2S, part.name,
                    part.mime, headers=part.headers, part_of=part.of)
        if mail is not None:
            yield self._begin(replace(file, protocol=mail.protocol, sender=mail.sender, recipients=mail.recipients), part.start)
        elif request is not None and (part.name or any(name == "content-type" for name, _ in part.headers)):
            yield self._begin(replace(file, host=request.host, url=request.host + request.path), part.start)

    def _named(self, command: Command) -> Iterator[Event]:
        upload = UPLOADS[command.verb]
        direction = Direction.C2S if upload else Direction.S2C
        name = command.argument.rpartition("/")[2]
        file = File(self._number(), direction, command.exchange, "FTP", upload, name, url=command.argument)
        yield Begun(file, command.start)
        yield Ended(file, command.end, 0, whole=False)

    def _begin(self, file: File, start: int) -> Begun:
        self._open[file.direction, file.exchange] = _Open(file)
        return Begun(file, start)

    def _data(self, body: Body) -> Iterator[Event]:
        known = self._open.get((body.direction, body.exchange))
        if known is None:
            request = self._requests.get(body.exchange) if body.direction is Direction.C2S else None
            if request is None or media_type(request.headers) == FORM:
                return
            yield self._begin(self._content(request, None), body.start)
            known = self._open[body.direction, body.exchange]
        known.size += len(body.data)
        if known.head is not None:
            known.head += body.data[:HEAD - len(known.head)]
            if settled(known.head):
                yield self._type(known)
        yield Data(known.file, body.start, body.end, body.data, body.coded)

    def _end(self, item: Item, *, whole: bool) -> Iterator[Event]:
        if item.direction is Direction.C2S:
            self._requests.pop(item.exchange, None)
        self._mails.pop(item.exchange, None)
        known = self._open.pop((item.direction, item.exchange), None)
        if known is None:
            return
        if known.head is not None:
            yield self._type(known)
        yield Ended(known.file, item.end, known.size, whole)

    def _type(self, known: _Open) -> Typed:
        head, known.head = known.head or b"", None
        return Typed(known.file, file_type(head))

    def _number(self) -> int:
        self._count += 1
        return self._count


def _length(headers: Headers) -> int | None:
    said = next((value for name, value in headers if name == "content-length"), "")
    return int(said) if said.isdecimal() and len(said) < 20 else None
