"""How the flow module treats TCP sessions (Junos: `security flow tcp-session`)."""

from dataclasses import dataclass
from typing import Final

TIME_WAIT: Final = 150


@dataclass(frozen=True, slots=True)
class TcpSession:
    """The checks and timers of TCP sessions, with the grammar's defaults; times in seconds."""

    tcp_initial_timeout: int = 20  # until the handshake is done
    no_syn_check: bool = False
    strict_syn_check: bool = False
    no_sequence_check: bool = False
    rst_sequence_check: bool = False
    rst_invalidate_session: bool = False
    fin_invalidate_session: bool = False
    half_closed_timeout: int | None = TIME_WAIT  # once one end has said that this was all; None is that of the session itself
    maximum_window: str = "256K"
