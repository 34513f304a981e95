"""One request and its response on one connection to an ICAP server."""

from typing import Final, Literal, NamedTuple

from nf.policy.icap import IcapServer
from nf.protocols.icap import Content, End, Head, IcapError, Reader
from nf.protocols.icap_options import Options
from nf.services.asking import Answer, Ask
from nf.services.icap.desk import Desk

_PROGRESS: Final = 1 << 14  # bytes of an answer that earn it a new deadline
_FAULTS: Final = {"busy": "no connection to it is free", "closed": "has ended the connection"}

Why = Literal["timeout", "connectivity", "default-action"]  # the words of `fallback-option`


class Failure(NamedTuple):
    """Why a server has not done what was asked of it; `is_stale` where its connection had ended before that."""

    why: Why
    text: str
    is_stale: bool = False


class Dialogue:
    """Subclasses say what is asked, and hear what is answered; over once `failed` is set or they say so."""

    def __init__(self, desk: Desk, server: IcapServer, options: Options | None = None) -> None:
        self.desk, self.server = desk, server
        self.failed: Failure | None = None
        self.head: Head | None = None  # the last that was answered
        self.number = -1
        self._peer = desk.peer(server, options)
        self._reader = Reader()
        self._received = self._renewed = 0

    @property
    def deadline(self) -> float:
        """Seconds that the server has from now on."""
        return self.desk.profile.timeout

    @property
    def is_done(self) -> bool:
        """Whether all that it is to be told has been said."""
        return True

    def hear(self, event: Head | Content | End) -> None:
        """Some of the response; raises IcapError where it makes no sense."""
        raise NotImplementedError

    def say(self, data: bytes) -> None:
        """Send something, or have the deadline put off."""
        if self.number < 0:
            self.number = next(self.desk.numbers)
        self.desk.asks.append(Ask(self.number, self._peer, data, self.deadline))

    def close(self, *, keep: bool = False) -> None:
        """There is nothing more to come; the connection may serve others where both sides have said all."""
        if self.number >= 0:
            self.desk.asks.append(Ask(self.number, self._peer, over=True, keep=keep))
            self.number = -1

    def end(self) -> None:
        """The response is whole."""
        closes = self.head is None or "close" in self.head.value("connection").lower()
        self.close(keep=self.is_done and not closes and self._reader.is_idle)

    def receive(self, answer: Answer) -> None:
        """What the server says, or that it says nothing more."""
        if answer.fault:
            self.number = -1
            return self._fault(answer)
        self._received += len(answer.data)
        try:
            for event in self._reader.read(answer.data):
                self.hear(event)
                if self.number < 0:
                    return None
        except IcapError as error:
            return self.fail("default-action", str(error))
        if self._received - self._renewed >= _PROGRESS:
            self._renewed = self._received
            self.say(b"")
        return None

    def fail(self, why: Why, text: str, *, is_stale: bool = False) -> None:
        """This server will not do it."""
        self.close()
        self.failed = Failure(why, text, is_stale)

    def _fault(self, answer: Answer) -> None:
        is_stale = answer.reused and not self._received and answer.fault != "timeout"
        if answer.fault == "timeout":
            self.fail("timeout", "does not answer in time")
        else:
            self.fail("connectivity", _FAULTS.get(answer.fault, "cannot be reached"), is_stale=is_stale)


class Inquiry(Dialogue):
    """OPTIONS: what a server's service for REQMOD or RESPMOD is like."""

    def __init__(self, desk: Desk, server: IcapServer, method: str) -> None:
        super().__init__(desk, server)
        self.options: Options | None = None
        self._method = method
        self.say(desk.options_request(server, method))

    def hear(self, event: Head | Content | End) -> None:
        """A head, and perhaps an opt-body, which nobody reads."""
        if isinstance(event, Head):
            self.head = event
        elif isinstance(event, End) and self.head is not None:
            if self.head.status != 200:
                return self.fail("default-action", f"answers {self.head.status} to OPTIONS")
            self.options = Options.of(self.head)
            self.desk.note(self.server, "OPTIONS")
            self.desk.standing.learn(self.server, self._method, self.options, self.desk.now)
            self.end()
        return None
