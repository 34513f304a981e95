"""REQMOD or RESPMOD with one server: the preview, the content as it comes, the verdict."""

from enum import Enum, auto
from typing import Final
from zlib import crc32

from nf.policy.icap import IcapServer
from nf.protocols import icap
from nf.protocols.encapsulated import Adapted
from nf.protocols.icap import Content, End, Head, IcapError
from nf.protocols.icap_options import Options
from nf.protocols.items import Request
from nf.services.icap.desk import Desk
from nf.services.icap.dialogue import Dialogue
from nf.services.icap.message import KEPT, Message

SLOW: Final = 60.0  # seconds that a server has while it waits for content itself
_MOST_PREVIEW: Final = KEPT // 2
_ADAPTS: Final = frozenset({200, 201, 206})


class Phase(Enum):
    """How far the message is with the server."""

    GATHERING = auto()  # its preview has not come yet
    PREVIEWED = auto()  # the server is to say whether it wants more
    SENDING = auto()
    SENT = auto()


class Call(Dialogue):
    """Once `is_over`: `unchanged`, or `adapted` with content, or failed."""

    def __init__(self, desk: Desk, server: IcapServer, message: Message, options: Options) -> None:
        super().__init__(desk, server, options)
        self.is_over = self.unchanged = False
        self.adapted: Adapted | None = None
        self.content = bytearray()  # of the adapted message, as far as nobody has taken it
        self.checksum = 0  # of all of it
        self.original: int | None = None  # from there on the content goes on with the original's
        self.phase = Phase.GATHERING
        self._message, self._options = message, options
        self._sent = 0  # of the content
        self.more()

    @property
    def deadline(self) -> float:
        """While it is the message's turn to grow, the server need not hurry."""
        return SLOW if self.phase is Phase.SENDING else self.desk.profile.timeout

    @property
    def is_done(self) -> bool:
        """Whether the server knows that no more will come."""
        return self.phase in {Phase.PREVIEWED, Phase.SENT}

    def more(self, *, enough: bool = False) -> None:
        """The message has grown, or is whole; `enough` says that its preview need not wait for more."""
        if self.is_over:
            return
        if self.phase is Phase.GATHERING:
            wanted = self._preview()
            if wanted is None or enough or self._message.is_whole or self._message.size >= wanted:
                self._begin(wanted)
        elif self.phase is Phase.SENDING:
            data = self._next()
            if data:
                self.say(data)

    def _preview(self) -> int | None:
        wanted = self._options.previews(self._message.extension) if self._message.has_content else None
        return None if wanted is None else min(wanted, _MOST_PREVIEW)

    def _begin(self, wanted: int | None) -> None:
        message = self._message
        self.desk.note(self.server, message.method)
        allow = "" if not message.is_small else "204, 206" if "206" in self._options.allow else "204"
        preview = None if wanted is None else min(wanted, message.size)
        data = self.desk.message_request(self.server, message, allow, preview)
        if not message.has_content:
            self.phase = Phase.SENT
        elif preview is not None:
            data += self._previewed(preview)
        else:
            self.phase = Phase.SENDING
            data += self._next()
        self.say(data)

    def _previewed(self, size: int) -> bytes:
        message = self._message
        is_all = message.is_whole and message.size == size
        self._sent, self.phase = size, Phase.SENT if is_all else Phase.PREVIEWED
        return (icap.chunk(message.between(0, size)) if size else b"") + (icap.LAST_OF_ALL if is_all else icap.LAST)

    def _next(self) -> bytes:
        """What has come and not been sent, with its end."""
        message = self._message
        new = message.between(self._sent)
        self._sent = message.size
        if message.is_whole:
            self.phase = Phase.SENT
        return (icap.chunk(new) if new else b"") + (icap.LAST if message.is_whole else b"")

    def hear(self, event: Head | Content | End) -> None:
        """What the server makes of the message."""
        if isinstance(event, Content):
            if self.adapted is not None:
                self.content += event.data
                self.checksum = crc32(event.data, self.checksum)
        elif isinstance(event, End):
            self._ended(event)
        elif event.status == 100:
            if self.phase is not Phase.PREVIEWED:
                raise IcapError("asks for more where nothing is left")
            self.phase = Phase.SENDING
            self.more()
        else:
            self._judged(event)

    def _judged(self, head: Head) -> None:
        self.head = head
        if not self.desk.standing.compare(self.server, self._message.method, head.value("istag").strip('"')):
            self.desk.note(self.server, "ISTag changed")
        if head.status in _ADAPTS:
            if not head.holds or (head.holds == "req" and self._message.method == "RESPMOD"):
                raise IcapError("answers without a message")
            adapted, item = Adapted.read(head.holds, head.http), self._message.item
            self.adapted = adapted.asking(item) if head.holds == "req" and isinstance(item, Request) else adapted

    def _ended(self, end: End) -> None:
        head = self.head
        if head is None or (self.adapted is None and head.status != 204):
            return self.fail("default-action", f"answers {head.status} {head.reason}".rstrip() if head else "says nothing")
        if self._message.given_up and (head.status == 204 or end.original is not None):
            return self.fail("default-action", "wants the original back, which it was not offered")
        self.unchanged, self.original, self.is_over = head.status == 204, end.original, True
        return self.end()
