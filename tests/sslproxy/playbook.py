"""A session played event by event: what is told, what must be answered, and the difference where it is not."""

import difflib

from msgspec import structs

from hwmodel.session import Direction
from nf.inspection.inspection import Inspection
from nf.log.records import CloseReason, SslProxyMessage, ssl_proxy
from nf.pki.verdict import Verdict, accepted
from nf.policy.profile import SslProxyProfile
from nf.services import Service
from nf.sslproxy import commands as do
from nf.sslproxy import events as on
from nf.sslproxy.commands import Command
from nf.sslproxy.events import Event, Timer
from nf.sslproxy.plan import Plan, Timeouts
from nf.sslproxy.reasons import Reason
from nf.sslproxy.session import SslProxySession
from nf.sslproxy.states import State
from nf.tls.client_hello import ClientHello, parse
from nf.tls.parameters import TlsParameters
from tests.inspection.services import Reader
from tests.services.attachments import FACTS, VOLUME
from tests.tls.hello_bytes import codes, extension, hello, host_name, record, vector

TIMES = Timeouts()
PROFILE = SslProxyProfile("fp", log=frozenset({"all"}))
DECRYPT = Plan(FACTS, PROFILE)
BYPASS = structs.replace(DECRYPT, bypass=Reason.WHITELISTED)

_SNI = extension(0, vector(2, host_name(b"a.test")))
_ALPN = extension(16, vector(2, vector(1, b"h2"), vector(1, b"http/1.1")))
HELLO13 = record(hello(_SNI, _ALPN, extension(43, codes(1, [0x0304, 0x0303]))))
HELLO12 = record(hello(_SNI))
HELLO11 = record(hello(_SNI, version=0x0302))
HTTP = b"GET / HTTP/1.1\r\nHost: a.test\r\n\r\n"

SMTP = ((Direction.S2C, b"220 mail.test\r\n"), (Direction.C2S, b"EHLO a\r\n"), (Direction.S2C, b"250-a\r\n250 STARTTLS\r\n"),
        (Direction.C2S, b"STARTTLS\r\n"), (Direction.S2C, b"220 go on\r\n"))

CHAIN = (b"leaf", b"intermediate")
AGREED = TlsParameters("TLSv1.3", "TLS_AES_128_GCM_SHA256", b"h2")
ACCEPTED: Verdict = accepted(CHAIN)
ENDED = on.Ended(CloseReason.FIN, VOLUME)

SILENCE = do.Arm(Timer.SILENCE, TIMES.silence)
AWAIT_TLS = (do.Arm(Timer.HANDSHAKE, TIMES.handshake), do.Upgrade())
CONNECT = (do.Arm(Timer.CONNECT, TIMES.connect), do.Connect())
HANDSHAKE = do.Arm(Timer.HANDSHAKE, TIMES.handshake)
IDLE = do.Arm(Timer.IDLE, TIMES.idle)
INITIATE = (HANDSHAKE, do.Initiate("a.test", (b"h2", b"http/1.1"), True))
JUDGE = do.Judge(CHAIN, "a.test")
HELLO = parse(HELLO13)
assert isinstance(HELLO, ClientHello)
TERMINATE = do.Terminate(HELLO, CHAIN, AGREED)
INSPECT = (IDLE, do.Inspect())
RELAY = (IDLE, do.Relay())


def logged(name: SslProxyMessage, message: str) -> do.Log:
    return do.Log(ssl_proxy(name, FACTS, "fp", message))


def dropped(reason: Reason, message: str, alert: int | None = None) -> tuple[Command, ...]:
    return logged(SslProxyMessage.DROP, message), do.Drop(reason, alert)


def failed(reason: Reason, message: str, alert: int | None = None) -> tuple[Command, ...]:
    """The proxy's own fault: an error beside the dropped session."""
    return logged(SslProxyMessage.ERROR, message), *dropped(reason, message, alert)


class Playbook:
    """One session with these services, by default one that reads everything."""

    def __init__(self, plan: Plan = DECRYPT, services: tuple[Service, ...] | None = None) -> None:
        self.inspection = Inspection((Reader(),) if services is None else services)
        self.machine = SslProxySession(plan, self.inspection)

    def tell(self, event: Event, *expected: Command) -> None:
        """One event; what the machine answers must be exactly this."""
        answered = self.machine.receive(event)
        if answered != list(expected):
            wanted, got = [str(command) for command in expected], [str(command) for command in answered]
            raise AssertionError("\n".join([f"after {event}:", *difflib.ndiff(wanted, got)]))

    def at(self, state: State) -> None:
        """The machine must be in this state."""
        assert self.machine.state is state

    def until_hello(self) -> "Playbook":
        self.tell(on.Opened(), SILENCE, do.PeekMore(1))
        return self

    def until_connecting(self, first: bytes = HELLO13) -> "Playbook":
        self.until_hello().tell(on.Peeked(first), *CONNECT)
        return self

    def until_undecided(self) -> "Playbook":
        self.until_hello().tell(on.TimedOut(Timer.SILENCE), *CONNECT)
        self.tell(on.ServerConnected(), IDLE, do.PeekMore(1), do.AwaitServer())
        return self

    def until_initiating(self) -> "Playbook":
        self.until_connecting().tell(on.ServerConnected(), *INITIATE)
        return self

    def until_judging(self) -> "Playbook":
        self.until_initiating().tell(on.InitiationDone(CHAIN, AGREED), JUDGE)
        return self

    def until_terminating(self) -> "Playbook":
        self.until_judging().tell(on.Judged(ACCEPTED), TERMINATE)
        return self

    def until_inspecting(self) -> "Playbook":
        self.until_terminating().tell(on.TerminationDone(AGREED), *INSPECT)
        return self

    def until_relaying(self) -> "Playbook":
        self.until_terminating().tell(on.TerminationDone(AGREED), *RELAY)
        return self

    def until_upgraded(self) -> "Playbook":
        """Over SMTP, where nothing is shown to a service that has not been delivered."""
        self.until_undecided().tell(on.ServerSpoke(), *INSPECT)
        for direction, line in SMTP[:-1]:
            self.tell(on.Plaintext(direction, line, 1), do.Deliver(direction, line))
        direction, line = SMTP[-1]
        self.tell(on.Plaintext(direction, line, 1), do.Deliver(direction, line), *AWAIT_TLS)
        return self

    def until_plain(self) -> "Playbook":
        self.until_connecting(HTTP).tell(on.ServerConnected(), *INSPECT)
        return self
