"""One diverted connection as a ladder diagram, in geometry: four life lines, one rung for each thing said."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from scenarios.report_packets import Half, Side
from scenarios.report_paths import Attempt
from scenarios.report_tls import DATA, Step, steps

LANES = {"client": 120.0, "SSL-T": 440.0, "SSL-I": 560.0, "server": 880.0}
WIDTH, TOP, RUNG, LAST = 940.0, 58.0, 38.0, 14.0
MOST_TEXT = 58  # characters that fit on a rung
_HEAD = 4  # from an arrow's point to its life line


@dataclass(frozen=True, slots=True)
class Rung:
    """An arrow from one life line to the next; `time` is milliseconds after the client's SYN."""

    y: float
    start: float
    end: float
    time: float
    label: str
    detail: str
    title: str
    kind: str

    @property
    def middle(self) -> float:
        """Where its words are centred."""
        return (self.start + self.end) / 2


@dataclass(frozen=True, slots=True)
class Ladder:
    """The diagram of an attempt, and what a reader would measure in it."""

    name: str
    heading: str
    failed: bool  # as the client sees it
    height: float
    rungs: tuple[Rung, ...]
    measures: tuple[tuple[str, float], ...]  # what, in milliseconds


def ladder(attempt: Attempt) -> Ladder | None:
    """The ladder of an attempt, None where nothing of it was on the legs."""
    if attempt.connection is None:
        return None
    halves = (attempt.connection.client, attempt.connection.server)
    said = [(half, step) for half in halves if half for step in steps(half)]
    said.sort(key=lambda pair: pair[1].at)
    began = attempt.connection.client.began
    rungs = tuple(_rung(number, half, step, began) for number, (half, step) in enumerate(said))
    client, server = attempt.connection.client.client, attempt.connection.client.server
    return Ladder(attempt.visit.name, f"{client[0]}/{client[1]} to {server[0]}/{server[1]}", bool(attempt.view.exit),
                  TOP + RUNG * len(rungs) + LAST, rungs, tuple(_measures(said, began)))


def _rung(number: int, half: Half, step: Step, began: int) -> Rung:
    left, right = ("client", "SSL-T") if half.side is Side.CLIENT else ("SSL-I", "server")
    start, end = (LANES[left], LANES[right]) if step.forward else (LANES[right], LANES[left])
    inset = _HEAD if step.forward else -_HEAD
    detail = ", ".join(part for part in (_volume(step), step.detail) if part)
    milliseconds = (step.at - began) / 1e6
    return Rung(TOP + RUNG * number + RUNG / 2, start, end - inset, milliseconds, step.label, _cut(detail),
                f"{milliseconds:.3f} ms: {step.label}" + (f", {detail}" if detail else ""), step.kind)


def _volume(step: Step) -> str:
    if not step.octets:
        return ""
    return f"{step.octets:,} B" + (f" in {step.records} records" if step.records > 1 else "")


def _cut(text: str) -> str:
    return text if len(text) <= MOST_TEXT else text[:MOST_TEXT - 1] + "…"


def _measures(said: Sequence[tuple[Half, Step]], began: int) -> Iterator[tuple[str, float]]:
    """How long each handshake took, and what the client waited for."""
    for side in (Side.SERVER, Side.CLIENT):
        own = [step for half, step in said if half.side is side]
        hello = next((step.at for step in own if step.label == "ClientHello"), None)
        done = max((step.at for step in own if step.label == "Finished"), default=None)
        if hello is not None and done is not None:
            yield f"{side.value} handshake", (done - hello) / 1e6
    back = next((step.at for half, step in said if half.side is Side.CLIENT and not step.forward
                 and step.kind == DATA and step.label == "data"), None)
    if back is not None:
        yield "first data at the client", (back - began) / 1e6
    if said:
        yield "end", (said[-1][1].at - began) / 1e6
