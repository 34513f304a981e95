"""Anti-spam: the senders of mail against local lists and a block list in the DNS; mails are refused, or tagged."""

import re
from collections.abc import Mapping
from fnmatch import fnmatchcase
from hashlib import blake2b
from typing import Final

from hwmodel.session import Direction
from nf.log.records import SessionFacts
from nf.log.utm_records import spam_detected
from nf.policy.utm import AntiSpam, Endpoint
from nf.protocols import dnsbl
from nf.protocols.items import Command, Item, Mail
from nf.services import Block, Fault, Page, Piece, Replacement
from nf.services.asking import Answer, Ask, Peer
from nf.services.utm.feature import Feature, Rulings
from nf.services.utm.statistics import Statistics

_TRIES: Final = 2
_PATIENCE: Final = 2.0  # seconds for an answer
_HEAD_PATIENCE: Final = 300.0  # seconds for a mail's head; RFC 5321 §4.5.3.2.5 gives a client three minutes a block
_NUMBERS: Final = 1 << 20  # of exchanges with the name server, beyond those of other features
_LONGEST_HEAD: Final = 160 << 10  # bytes of a mail's head that are kept back; its reader gives up before
_BLACK, _LISTED = "Match local blacklist", "Match SBL"  # the second is ours
_HEADER: Final = "X-Spam"  # ours; what devices call it is not published
_SUBJECT: Final = re.compile(rb"^subject:[ \t]*", re.IGNORECASE | re.MULTILINE)
_ADDRESS: Final = re.compile(r"from:\s*<([^>]*)>", re.IGNORECASE)


class SpamFilter(Feature):
    """One profile on one session."""

    most_held = _LONGEST_HEAD
    wants_raw = True

    def __init__(self, profile: AntiSpam, facts: SessionFacts, secret: bytes, statistics: Statistics) -> None:
        self._profile, self._facts, self._secret, self._statistics = profile, facts, secret, statistics
        self._number = _NUMBERS
        self._clean: bool | None = None if profile.zone else True  # what the DNS says of the client; None: nothing yet
        self._sender, self._why = "", ""  # of the mail, and for what it is spam
        self._waiting: Command | None = None  # the MAIL command that waits for the DNS
        self._head: tuple[int, bytes] | None = None  # offset and bytes of what may be a mail's head
        self._piece = 0, b""  # the client's newest, and its offset
        self._due: float | None = None

    @property
    def held(self) -> Mapping[Direction, int]:
        """A MAIL command until it is clear who sends, the head of a mail until it is tagged."""
        if self._waiting is not None:
            return {Direction.C2S: self._waiting.start}
        return {Direction.C2S: self._head[0]} if self._head is not None else {}

    @property
    def due(self) -> float | None:
        """When a mail's head should be whole."""
        return self._due if self._head is not None else None

    def raw(self, piece: Piece, said: Rulings) -> None:  # noqa: ARG002
        """The bytes of a mail's head are needed as they are."""
        if piece.direction is Direction.S2C:
            return
        self._piece = piece.start, piece.data
        if self._head is not None:
            start, data = self._head
            self._head = start, data + piece.data

    def item(self, item: Item, said: Rulings) -> None:
        """Who sends, and the mail."""
        if isinstance(item, Command) and item.protocol == "SMTP":
            if self._number == _NUMBERS and self._clean is None:
                self._ask(said)
            if item.verb == "MAIL":
                self._mail_from(item, said)
            elif item.verb == "BDAT" and self._why:
                self._refuse(item, said)  # its length is said already: it cannot be tagged
            elif item.verb == "DATA" and self._why:
                start, data = self._piece
                self._head, self._due = (item.end, data[item.end - start:]), said.now + _HEAD_PATIENCE
        elif isinstance(item, Mail) and self._head is not None:
            self._tag(item, said)

    def answer(self, answer: Answer, said: Rulings) -> None:
        """The name server has answered; one that does not knows of no spam."""
        if answer.number != self._number or self._clean is not None:
            return
        client = self._facts.five_tuple.src
        listed = dnsbl.is_listed(self._wire_number, client, self._profile.zone, answer.data) if answer.data else None
        if listed is None and answer.fault and self._number < _NUMBERS + _TRIES:
            self._ask(said)
            return
        if listed is None and not answer.fault:
            return  # somebody else's answer
        said.asks += (Ask(self._number, self._peer, over=True),)
        self._clean = not listed
        if self._waiting is not None:
            command, self._waiting = self._waiting, None
            self._judge(command, said)

    def fall_back(self, fault: Fault, said: Rulings) -> None:  # noqa: ARG002
        """Mail is not lost over a name server: it passes."""
        if fault is Fault.CRASH or self.held:
            self._clean, self._waiting, self._head = True, None, None

    def _ask(self, said: Rulings) -> None:
        self._number += 1
        asked = dnsbl.question(self._wire_number, self._facts.five_tuple.src, self._profile.zone)
        said.asks += (Ask(self._number, self._peer, asked, _PATIENCE),)

    @property
    def _wire_number(self) -> int:
        """In the question; who cannot see that cannot guess it."""
        about = f"{self._facts.session_id} {self._number}".encode()
        return int.from_bytes(blake2b(about, digest_size=2, key=self._secret).digest())

    @property
    def _peer(self) -> Peer:
        resolver = self._profile.resolver or Endpoint("udp", "127.0.0.1", 53)
        return Peer("udp", resolver.host, resolver.port)

    def _mail_from(self, command: Command, said: Rulings) -> None:
        """A mail begins; the client's lists first, then the DNS."""
        found = _ADDRESS.search(f"from:{command.argument.partition(':')[2]}")
        self._sender, self._why = (found[1].lower() if found else ""), ""
        if self._clean is None and not self._is_in(self._profile.whitelist) and not self._is_in(self._profile.blacklist):
            self._waiting = command
        else:
            self._judge(command, said)

    def _judge(self, command: Command, said: Rulings) -> None:
        self._statistics.count("anti-spam", "Total e-mail scanned")
        if self._is_in(self._profile.whitelist):
            self._statistics.count("anti-spam", "White list hit")
            return
        if self._is_in(self._profile.blacklist):
            self._why = _BLACK
        elif self._clean is False:
            self._why = _LISTED
        if not self._why:
            return
        action = "drop" if self._profile.action == "block" else self._profile.action
        self._statistics.count("anti-spam", "Spam dropped" if action == "drop" else "Spam tagged")
        said.records += (spam_detected(self._facts, self._profile.name, sender=self._sender, action=action, reason=self._why),)
        if self._profile.action == "block":
            self._refuse(command, said)

    def _refuse(self, command: Command, said: Rulings) -> None:
        said.block = Block(f"anti-spam: {self._why}", Page(
            command.exchange, f"Mail refused: {self._why}", "Mail refused", mime="text/plain"))

    def _is_in(self, patterns: tuple[str, ...]) -> bool:
        client, domain = self._facts.ends[0], self._sender.rpartition("@")[2]
        return any(fnmatchcase(name, pattern) for name in (client, self._sender, domain) if name for pattern in patterns)

    def _tag(self, mail: Mail, said: Rulings) -> None:
        start, data = self._head or (0, b"")
        self._head, self._why = None, ""
        tag = " ".join(self._profile.tag.split()).encode()
        head = data[mail.start - start:mail.end - start]
        subject = _SUBJECT.search(head) if self._profile.action == "tag-subject" else None
        if subject is not None:
            at, new = mail.start + subject.end(), tag + b" "
        else:
            name = "Subject" if self._profile.action == "tag-subject" else _HEADER
            at, new = mail.start, f"{name}: ".encode() + tag + b"\r\n"
        said.replaced += (Replacement(Direction.C2S, at, at, new),)
