"""The states of an SSL proxy session and what may follow each: one enum, one table, one diagram made from it."""

from enum import Enum

from nf.sslproxy.events import (
    Answered,
    ClientFinished,
    Ended,
    Event,
    Finished,
    InitiationDone,
    InitiationFailed,
    InterdictionFailed,
    Judged,
    Opened,
    Peeked,
    Plaintext,
    Recalled,
    Renegotiated,
    Renegotiating,
    ServerAlerted,
    ServerConnected,
    ServerSpoke,
    ServerUnreachable,
    Stormed,
    TerminationDone,
    TerminationFailed,
    TimedOut,
    Updated,
    Violated,
    Woken,
)


class State(Enum):
    """Named for what the session waits for."""

    NEW = "new"
    HELLO = "hello"  # the client's first bytes
    CONNECTING = "connecting"  # TCP to the server
    UNDECIDED = "undecided"  # whoever speaks first, after a silence
    UPGRADED = "upgraded"  # the client's hello, after both sides have agreed to go over to TLS
    INITIATING = "initiating"  # SSL-I's handshake
    JUDGING = "judging"  # the verdict on the server's chain
    TERMINATING = "terminating"  # SSL-T's handshake
    INSPECTING = "inspecting"  # services read the decrypted data
    PLAIN = "plain"  # services read data that is no TLS
    RELAYING = "relaying"  # nobody reads; only the end is of interest
    DROPPED = "dropped"  # both connections are being ended
    CLOSED = "closed"

    __hash__ = object.__hash__  # members are single; Enum's own hashes their names at every look-up


S = State

TABLE: dict[State, dict[type[Event], tuple[State, ...]]] = {
    S.NEW: {Opened: (S.HELLO, S.CONNECTING, S.DROPPED)},
    S.HELLO: {Peeked: (S.HELLO, S.CONNECTING, S.DROPPED), ClientFinished: (S.CONNECTING,), Recalled: (S.CONNECTING,),
              TimedOut: (S.CONNECTING,)},
    S.CONNECTING: {ServerConnected: (S.INITIATING, S.UNDECIDED, S.PLAIN, S.RELAYING), ServerUnreachable: (S.DROPPED,),
                   TimedOut: (S.DROPPED,)},
    S.UNDECIDED: {Peeked: (S.UNDECIDED, S.INITIATING, S.PLAIN, S.RELAYING, S.DROPPED), ServerSpoke: (S.PLAIN, S.RELAYING),
                  ClientFinished: (S.PLAIN, S.RELAYING), Recalled: (S.INITIATING, S.PLAIN, S.RELAYING),
                  TimedOut: (S.DROPPED,)},
    S.UPGRADED: {Peeked: (S.UPGRADED, S.INITIATING, S.PLAIN, S.RELAYING, S.DROPPED), ClientFinished: (S.RELAYING,),
                 Recalled: (S.INITIATING, S.PLAIN, S.RELAYING), TimedOut: (S.DROPPED,)},
    S.INITIATING: {InitiationDone: (S.JUDGING, S.TERMINATING, S.DROPPED), InitiationFailed: (S.DROPPED,),
                   TimedOut: (S.DROPPED,)},
    S.JUDGING: {Judged: (S.TERMINATING, S.DROPPED), TimedOut: (S.DROPPED,)},
    S.TERMINATING: {TerminationDone: (S.INSPECTING, S.RELAYING, S.DROPPED), TerminationFailed: (S.DROPPED,),
                    InterdictionFailed: (S.DROPPED,), ServerAlerted: (S.TERMINATING, S.DROPPED), Violated: (S.DROPPED,),
                    TimedOut: (S.DROPPED,)},
    S.INSPECTING: {Plaintext: (S.INSPECTING, S.RELAYING, S.DROPPED), Finished: (S.INSPECTING, S.RELAYING, S.DROPPED),
                   TimedOut: (S.DROPPED,)},
    S.PLAIN: {Plaintext: (S.PLAIN, S.UPGRADED, S.RELAYING, S.DROPPED), Finished: (S.PLAIN, S.RELAYING, S.DROPPED),
              TimedOut: (S.DROPPED,)},
    S.RELAYING: {TimedOut: (S.DROPPED,)},
    S.DROPPED: {},
    S.CLOSED: {},
}
for _state in (S.INSPECTING, S.RELAYING):
    TABLE[_state].update({ServerAlerted: (_state, S.DROPPED), Renegotiating: (_state, S.DROPPED),
                          Renegotiated: (_state, S.DROPPED), Stormed: (S.DROPPED,),
                          Violated: (S.DROPPED,)})
for _state, _row in TABLE.items():
    if _state not in (S.NEW, S.DROPPED, S.CLOSED):
        _row[Updated] = (_state,)
        _decided = (S.RELAYING,) if _state in (S.INSPECTING, S.PLAIN) else ()
        _row[Answered] = _row[Woken] = (_state, *_decided, S.DROPPED)
    if _state is not S.CLOSED:
        _row[Ended] = (S.CLOSED,)


def diagram() -> str:
    """The table as a Mermaid state diagram; the end, possible everywhere, is drawn once from each last state."""
    lines = ["stateDiagram-v2", "    [*] --> new"]
    for state, row in TABLE.items():
        for event, targets in row.items():
            if event is Ended and state not in (S.RELAYING, S.DROPPED):
                continue
            lines += [f"    {state.value} --> {target.value}: {event.__name__}" for target in targets if target is not state]
    return "\n".join([*lines, "    closed --> [*]"])
