"""What a session gives the hardware to do, and what that costs in CPU time."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

_MICRO = 1e-6
_NANO = 1e-9
_TOTALS: Final = ("packets", "bytes", "sessions", "full_handshakes", "resumed_handshakes", "decrypted_bytes", "inspected_bytes",
                  "messages")
_KEYS: Final = ("rsa-2048", "rsa-3072", "rsa-4096", "p-256", "p-384")

# An intercepted session's handshakes, both ends together: version and key of the proxy's own certificate, and who resumed
# an earlier session: the server's end alone, both, or the client's end alone. The first is for those of which nothing is
# known.
HANDSHAKES: Final = ("", *(f"tls{version}-{key}{resumed}" for version in ("1.2", "1.3") for resumed in ("", "-server-resumed")
                           for key in _KEYS), "tls1.2-resumed", "tls1.3-resumed",
                       "tls1.2-resumed-server-full", "tls1.3-resumed-server-full")
CIPHERS: Final = ("aes-128-gcm", "aes-256-gcm", "chacha20-poly1305", "aes-128-cbc", "aes-256-cbc")
HANDSHAKE: Final = "handshake:"  # before one of these names: a kind of work
RECORD: Final = "record:"
SERVICE: Final = "service:"  # before a service's name
MESSAGE: Final = "message:"
DECRYPTED: Final = MESSAGE + "decrypted"  # messages that were taken out of TLS and sealed again


@dataclass(frozen=True, slots=True)
class Work:
    """An amount of work for one SPU; amounts add up, and zero of everything is the neutral one.

    `kinds` says of what kinds some of the handshakes and bytes are: these are counted in the totals already.
    """

    packets: int = 0
    bytes: int = 0  # carried, both directions
    sessions: int = 0  # created (their closing and synchronisation included)
    full_handshakes: int = 0  # TLS sessions intercepted, both ends of the proxy together
    resumed_handshakes: int = 0  # of which the client's end at least took up an earlier session
    decrypted_bytes: int = 0  # plaintext taken out of TLS and sealed again
    inspected_bytes: int = 0  # plaintext shown to a security service
    messages: int = 0  # times that data came and were passed on, however many bytes: a proxy's work, not a packet filter's
    kinds: Mapping[str, int] = field(default_factory=dict, hash=False)

    def __add__(self, other: "Work") -> "Work":
        return Work(
            self.packets + other.packets,
            self.bytes + other.bytes,
            self.sessions + other.sessions,
            self.full_handshakes + other.full_handshakes,
            self.resumed_handshakes + other.resumed_handshakes,
            self.decrypted_bytes + other.decrypted_bytes,
            self.inspected_bytes + other.inspected_bytes,
            self.messages + other.messages,
            _merged(self.kinds, other.kinds),
        )

    def shared(self, parts: int) -> tuple["Work", ...]:
        """The work in `parts` nearly equal portions that add up to it exactly."""
        return tuple(self._portion(part, parts) for part in range(1, parts + 1))

    def _portion(self, part: int, parts: int) -> "Work":
        kinds = {kind: _portion(amount, part, parts) for kind, amount in self.kinds.items()}
        totals: dict[str, Any] = {name: _portion(getattr(self, name), part, parts) for name in _TOTALS}
        return Work(**totals, kinds={kind: amount for kind, amount in kinds.items() if amount})


def _merged(one: Mapping[str, int], other: Mapping[str, int]) -> Mapping[str, int]:
    if not other:
        return one
    both = dict(one)
    for kind, amount in other.items():
        both[kind] = both.get(kind, 0) + amount
    return both


def _portion(amount: int, part: int, parts: int) -> int:
    return amount * part // parts - amount * (part - 1) // parts


@dataclass(frozen=True, slots=True)
class CostTable:
    """CPU time of one data-plane thread for each unit of work: microseconds an event, nanoseconds a byte.

    `kinds` prices what work tells the kind of; a kind without a price costs what its total costs.
    """

    packet_us: float
    session_us: float
    full_handshake_us: float
    resumed_handshake_us: float
    byte_ns: float
    decrypted_byte_ns: float
    inspected_byte_ns: float
    message_us: float = 0.0
    central_point_us: float = 0.0  # a session: CPU time of a central point's own process, beside the thread's
    kinds: Mapping[str, float] = field(default_factory=dict, hash=False)

    def seconds(self, work: Work) -> float:
        """CPU seconds of one thread that the work takes."""
        events = (
            work.packets * self.packet_us
            + work.sessions * self.session_us
            + work.full_handshakes * self.full_handshake_us
            + work.resumed_handshakes * self.resumed_handshake_us
            + work.messages * self.message_us
        )
        carried = (
            work.bytes * self.byte_ns
            + work.decrypted_bytes * self.decrypted_byte_ns
            + work.inspected_bytes * self.inspected_byte_ns
        )
        for kind, amount in work.kinds.items():
            price = self.kinds.get(kind)
            if price is None:
                continue
            if kind.startswith((HANDSHAKE, MESSAGE)):
                events += amount * (price - (self._handshake_us(kind) if kind.startswith(HANDSHAKE) else self.message_us))
            else:
                carried += amount * (price - (self.decrypted_byte_ns if kind.startswith(RECORD) else self.inspected_byte_ns))
        return events * _MICRO + carried * _NANO

    def handshake_us(self, name: str, *, resumed: bool = False) -> float:
        """What a session's handshakes cost; `resumed` decides where nothing is known of that name."""
        price = self.kinds.get(HANDSHAKE + name)
        return price if price is not None else self.resumed_handshake_us if resumed else self.full_handshake_us

    def _handshake_us(self, kind: str) -> float:
        """The price of the total that a kind is counted in."""
        took_up = "-resumed" in kind and not kind.endswith("-server-resumed")
        return self.resumed_handshake_us if took_up else self.full_handshake_us
