"""What a scenario expects, one sentence each, and whether it was met."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import msgspec

from scenarios.expect import differences
from scenarios.observe import Observation
from scenarios.schema import Origin, Scenario, Visit
from scenarios.wanted import FlowCount, LogLine, SpuCount


@dataclass(frozen=True, slots=True)
class Expectation:
    """Whose it is, what it says, and how what was seen differs: nothing where it was met."""

    subject: str
    words: str
    differences: tuple[str, ...] = ()


def expectations(scenario: Scenario, seen: Observation, found: Sequence[str]) -> list[Expectation]:
    """Every expectation; of the differences `found` each that belongs to none of them stands by itself."""
    judged = list(_judged(scenario, seen))
    told = {text for it in judged for text in it.differences}
    return judged + [Expectation("also", "no other difference", (text,)) for text in found if text not in told]


def _judged(scenario: Scenario, seen: Observation) -> Iterator[Expectation]:
    """Each expectation is compared alone, in a scenario that expects nothing else."""
    nothing = msgspec.structs.replace(scenario, origin=(), visit=(), log=(), flow=(), sessions=SpuCount(),
                                      counters={})
    always = set(differences(nothing, seen))

    def judge(subject: str, words: str, alone: Scenario) -> Expectation:
        return Expectation(subject, words, tuple(it for it in differences(alone, seen) if it not in always))

    replace = msgspec.structs.replace
    for visit in scenario.visit:
        yield judge(f"visit {visit.name}", _visit(visit), replace(nothing, visit=(visit,)))
    for origin in scenario.origin:
        if words := _origin(origin):
            yield judge(f"server {origin.name}", words, replace(nothing, origin=(origin,)))
    for line in scenario.log:
        yield judge("log", _log(line), replace(nothing, log=(line,)))
    for flow in scenario.flow:
        yield judge("switch", _flow(flow), replace(nothing, flow=(flow,)))
    if words := _sessions(scenario.sessions):
        yield judge("SPUs", words, replace(nothing, sessions=scenario.sessions))
    for name, count in scenario.counters.items():
        yield judge("counters", f"{count:,} {name}", replace(nothing, counters={name: count}))


def _visit(visit: Visit) -> str:
    sees = visit.sees
    end = {0: "succeeds", "failure": "fails"}.get(sees.exit, f"ends with exit status {sees.exit}")
    parts = [f"{what} {value}" for what, value in (
        ("error", sees.error), ("issuer", sees.issuer), ("status", sees.status), ("HTTP", sees.http),
        ("over", sees.tls), ("text", sees.text), ("body", sees.body and sees.body.replace("-", " ")))
        if value is not None]
    often = [_many(visit.sessions, "session")] if visit.sessions > 1 else []
    often += [f"{visit.times} times"] if visit.times > 1 else []
    return f"{visit.client} to {', '.join([visit.url, *often])}: {', '.join([end, *parts])}"


def _origin(origin: Origin) -> str:
    sees = origin.sees
    parts = [_many(sees.requests, "request")] if sees.requests is not None else []
    parts += [f"from {', '.join(sees.sources)}"] if sees.sources is not None else []
    parts += [f"over {', '.join(sees.protocols)}"] if sees.protocols is not None else []
    return ", ".join(parts)


def _log(line: LogLine) -> str:
    count = {None: "at least one", 0: "no"}.get(line.count, str(line.count))
    fields = ", ".join(f"{key} {value}" for key, value in line.fields.items())
    return f"{count} {line.name}" + (f" with {fields}" if fields else "")


def _flow(count: FlowCount) -> str:
    where = f" of {count.switch}" if count.switch else ""
    return f"{'packets' if count.packets else 'no packets'} on entries {count.entry}{where}"


def _sessions(count: SpuCount) -> str:
    parts = [f"{_many(count.sessions, 'session')} created"] if count.sessions is not None else []
    parts += [f"on {_many(count.used, 'SPU')} at least"] if count.used else []
    rest = [(name, value) for name, value in msgspec.structs.asdict(count).items() if name not in {"sessions", "used"}]
    parts += [f"{name.replace('_', ' ')} {value}" for name, value in rest if value != getattr(SpuCount(), name)]
    return ", ".join(parts)


def _many(count: int, what: str) -> str:
    return f"{count:,} {what}{'s' * (count != 1)}"
