"""How the vectorised engine's loop is compiled, and what it is handed: columns of the load, facts of the box, its state."""

from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple, TypeVar, cast

import numpy as np
from numba import njit, types

_FLOATS, _WHOLES, _INT32S, _BYTES = types.float64[::1], types.int64[::1], types.int32[::1], types.uint8[::1]
RULE = types.int64(types.int64, types.int64, _WHOLES, _FLOATS, _FLOATS, _FLOATS, _FLOATS)

_Function = TypeVar("_Function", bound=Callable[..., Any])


def compiled(*signature: Any) -> Callable[[_Function], _Function]:
    """Compile for this machine; what was compiled is kept beside the function's file, where that is writable."""

    made = partial(njit, *signature, nogil=True)

    def compile_it(function: _Function) -> _Function:
        try:
            return cast("_Function", made(cache=True)(function))
        except RuntimeError:  # nowhere to keep it
            return cast("_Function", made(cache=False)(function))

    return compile_it


class Load(NamedTuple):
    """Columns by session, but where another word is said."""

    chosen: Any
    keys: Any
    at: Any
    ends: Any
    slots: Any
    opens: Any
    priority: Any
    protocol: Any
    ingress: Any
    clients: Any
    servers: Any
    previous: Any  # the row before that may have the same key, or -1
    opening: Any
    batch: Any
    crowded: Any
    batches: Any
    start: Any  # by further stream
    session: Any
    further: Any
    leaving: Any  # the ends in order, and whose they are
    leavers: Any  # what each held, once it has gone


class Box(NamedTuple):
    """What does not change: lengths, bounds, and what each epoch's rule begins with."""

    duration: float
    first: int  # the SPUs that are played, where the load says whose a session is
    last: int
    strict: bool  # whether priorities differ
    wants_load: bool
    queue: int
    limits: Any  # by SPU
    threads: Any
    first_thread: Any
    wings: int  # a network processor's room
    central_point: int  # a classic one's room
    told: float  # CPU seconds that a new session costs it
    source_limit: int
    destination_limit: int
    epochs: Any  # when each begins
    refusals: Any  # by epoch: the fate of every new session, or 0
    hosts: Any  # by epoch
    spus: Any  # living ones, those of all epochs
    first_spu: Any  # by epoch, and the end
    weights: Any
    memory: Any
    first_memory: Any


class State(NamedTuple):
    """What the loop changes."""

    held: Any  # by SPU
    used: Any
    load: Any
    since: Any
    peaks: Any  # one place more, for all SPUs together
    free: Any  # by thread: when it will have done all that it has
    waited: Any  # by thread: batches that waited since it was last idle
    begins: Any  # by thread, in turn: when those begin
    head: Any  # by thread and priority: the first and the last in line
    lengths: Any
    cached: Any  # by network processor: wings; the last place counts those turned away
    wing_peaks: Any
    by_client: Any  # by number of an address: sessions
    by_server: Any
    takes: Any  # by session that was created: SPU, network processor, wings, slots, so that its end is one look
    fate: Any
    owner: Any
    full: Any  # by session: no room for its wings
    asked: Any  # by second and thread
    created: Any  # by second and SPU
    closed: Any
    refused: Any
    dropped: Any
    counts: Any
    sums: Any
    double: Any  # `bits` views its memory
    bits: Any


def _tuple(kind: type, default: Any, **others: Any) -> Any:
    fields = kind._fields  # type: ignore[attr-defined]  # every one of these is a NamedTuple
    return types.NamedTuple([others.get(name, default) for name in fields], kind)  # type: ignore[no-untyped-call]


PLAY = types.void(
    types.FunctionType(RULE),
    _tuple(
        Load, _FLOATS, chosen=types.int16[::1], keys=types.uint64[::1], slots=_BYTES, opens=_BYTES, priority=_BYTES,
        protocol=_BYTES, ingress=types.uint16[::1], clients=_INT32S, servers=_INT32S, previous=_INT32S, batches=_INT32S,
        session=_INT32S, further=_INT32S, leavers=_INT32S,
    ),
    _tuple(
        Box, _WHOLES, duration=types.float64, first=types.int64, last=types.int64, strict=types.boolean,
        wants_load=types.boolean, queue=types.int64, wings=types.int64, central_point=types.int64, told=types.float64,
        source_limit=types.int64,
        destination_limit=types.int64, epochs=_FLOATS, weights=_FLOATS, memory=_FLOATS,
    ),
    _tuple(
        State, _WHOLES, held=_FLOATS, load=_FLOATS, since=_FLOATS, free=_FLOATS, begins=types.float64[:, ::1],
        head=types.int64[:, :, ::1], lengths=types.int64[:, ::1], takes=_INT32S, fate=types.int8[::1],
        owner=types.int16[::1], full=types.boolean[::1], asked=types.float64[:, ::1], created=types.int64[:, ::1],
        closed=types.int64[:, ::1], refused=types.int64[:, ::1], dropped=types.int64[:, ::1], sums=_FLOATS, double=_FLOATS,
    ),
)  # fmt: skip


def numbers(values: Any) -> Any:
    """An array of whole numbers as the loop takes it."""
    return np.array(values, np.int64)
