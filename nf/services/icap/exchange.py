"""One HTTP message judged by the first ICAP server that does, of those that its profile names."""

from nf.policy.icap import IcapServer
from nf.protocols.icap_options import Options
from nf.services.asking import Answer
from nf.services.icap.call import Call, Phase
from nf.services.icap.desk import Desk
from nf.services.icap.dialogue import Failure, Inquiry
from nf.services.icap.message import Message

_CREDENTIALS = 407


class Exchange:
    """In the end `unchanged`, `failed`, or its call has `adapted` the message."""

    def __init__(self, desk: Desk, message: Message) -> None:
        self.unchanged = False
        self.failed: Failure | None = None
        self.is_spoilt = False  # some of the answer has gone on: no other server may be asked
        self._desk, self._message = desk, message
        self._servers = desk.standing.order(desk.profile.serving(message.method), desk.now)
        self._stale: IcapServer | None = None  # whose idle connection had ended: the same was asked again
        self.server = self._servers.pop(0)
        self.dialogue: Inquiry | Call | None = None
        self._begin()

    @property
    def call(self) -> Call | None:
        """The message's with its server, once that is asked."""
        return self.dialogue if isinstance(self.dialogue, Call) else None

    @property
    def waits(self) -> bool:
        """Whether it is the server's turn, so that more content would only pile up."""
        return isinstance(self.dialogue, Inquiry) or (self.call is not None and self.call.phase is Phase.PREVIEWED)

    def more(self, *, enough: bool = False) -> None:
        """The message has grown, or is whole; `enough` says that its preview need not wait for more."""
        if self.call is not None:
            self.call.more(enough=enough)

    def answer(self, answer: Answer) -> None:
        """What a server says, or that it says nothing more."""
        dialogue = self.dialogue
        if dialogue is None or answer.number != dialogue.number:
            return
        dialogue.receive(answer)
        if dialogue.failed is not None:
            self._again(dialogue.failed)
        elif isinstance(dialogue, Inquiry):
            if dialogue.options is not None:
                self._consult(dialogue.options)
        elif dialogue.is_over:
            self._desk.standing.recover(self.server)
            self.unchanged = dialogue.unchanged

    def abandon(self) -> None:
        """Nobody waits for its result."""
        if self.dialogue is not None:
            self.dialogue.close()

    def _begin(self) -> None:
        known = self._desk.standing.options(self.server, self._message.method, self._desk.now)
        if known is None:
            self.dialogue = Inquiry(self._desk, self.server, self._message.method)
        else:
            self._consult(known)

    def _consult(self, options: Options) -> None:
        """Send the message as the server's options want it."""
        if isinstance(self.dialogue, Inquiry):
            self._stale = None
        if options.methods and self._message.method not in options.methods:
            self._again(Failure("default-action", f"offers no {self._message.method}"))
        elif options.ignores(self._message.extension):
            self._desk.note(self.server, "not wanted")
            self.dialogue, self.unchanged = None, True
        else:
            self.dialogue = Call(self._desk, self.server, self._message, options)

    def _again(self, failure: Failure) -> None:
        """The same server once more where this says nothing of it, else the next one."""
        may_repeat = not (self._message.given_up or self.is_spoilt)
        if may_repeat and (self._has_other_words() or (failure.is_stale and self._stale is not self.server)):
            self._stale = self.server if failure.is_stale else self._stale
            return self._begin()
        self._desk.note(self.server, failure.why)
        self._desk.standing.fail(self.server, failure.text, self._desk.now)
        if may_repeat and self._servers:
            self.server = self._servers.pop(0)
            return self._begin()
        self.dialogue, self.failed = None, failure._replace(text=f"ICAP server {self.server.name} {failure.text}")
        return None

    def _has_other_words(self) -> bool:
        """Whether the server wants its credentials as a proxy does, and has not been given them so."""
        head = self.dialogue.head if self.dialogue is not None else None
        asked = head is not None and head.status == _CREDENTIALS and bool(self.server.authorization)
        if not asked or self.server in self._desk.standing.credentialled:
            return False
        self._desk.standing.credentialled.add(self.server)
        return True
