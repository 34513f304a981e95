"""What a session gives the hardware to do, and what that costs in CPU time."""

from dataclasses import dataclass, fields

_MICRO = 1e-6
_NANO = 1e-9


@dataclass(frozen=True, slots=True)
class Work:
    """An amount of work for one SPU; amounts add up, and zero of everything is the neutral one."""

    packets: int = 0
    bytes: int = 0  # carried, both directions
    sessions: int = 0  # created (their closing and synchronisation included)
    full_handshakes: int = 0  # TLS sessions intercepted, both ends of the proxy together
    resumed_handshakes: int = 0
    decrypted_bytes: int = 0  # plaintext taken out of TLS and sealed again
    inspected_bytes: int = 0  # plaintext shown to a security service

    def __add__(self, other: "Work") -> "Work":
        return Work(
            self.packets + other.packets,
            self.bytes + other.bytes,
            self.sessions + other.sessions,
            self.full_handshakes + other.full_handshakes,
            self.resumed_handshakes + other.resumed_handshakes,
            self.decrypted_bytes + other.decrypted_bytes,
            self.inspected_bytes + other.inspected_bytes,
        )

    def shared(self, parts: int) -> tuple["Work", ...]:
        """The work in `parts` nearly equal portions that add up to it exactly."""
        amounts = [getattr(self, field.name) for field in fields(self)]
        return tuple(
            Work(*(amount * part // parts - amount * (part - 1) // parts for amount in amounts))
            for part in range(1, parts + 1)
        )


@dataclass(frozen=True, slots=True)
class CostTable:
    """CPU time of one data-plane thread for each unit of work: microseconds an event, nanoseconds a byte."""

    packet_us: float
    session_us: float
    full_handshake_us: float
    resumed_handshake_us: float
    byte_ns: float
    decrypted_byte_ns: float
    inspected_byte_ns: float

    def seconds(self, work: Work) -> float:
        """CPU seconds of one thread that the work takes."""
        events = (
            work.packets * self.packet_us
            + work.sessions * self.session_us
            + work.full_handshakes * self.full_handshake_us
            + work.resumed_handshakes * self.resumed_handshake_us
        )
        carried = (
            work.bytes * self.byte_ns
            + work.decrypted_bytes * self.decrypted_byte_ns
            + work.inspected_bytes * self.inspected_byte_ns
        )
        return events * _MICRO + carried * _NANO
