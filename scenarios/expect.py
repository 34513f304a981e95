"""Compare what was seen with what a scenario expects; every difference becomes one sentence."""

import re
from collections.abc import Iterable, Iterator, Sequence
from math import exp, lgamma, log, log1p
from typing import Any
from urllib.parse import urlsplit

from scenarios.observe import ClientView, Observation, SpuRow
from scenarios.schema import Origin, Scenario, Visit
from scenarios.wanted import LogLine, Said


def fits(wanted: str, seen: str) -> bool:
    """Whether a text is the wanted one; between slashes stands a regular expression to be found in it."""
    if len(wanted) > 1 and wanted[0] == wanted[-1] == "/":
        return re.search(wanted[1:-1], seen) is not None
    return wanted == seen


def differences(scenario: Scenario, seen: Observation) -> list[str]:
    """All differences between expectation and observation; empty where everything is as it must be."""
    return [*_clients(scenario, seen), *_servers(scenario, seen), *_kept(scenario, seen), *_passed(scenario, seen),
            *_log(scenario, seen), *_flows(scenario, seen), *_sessions(scenario, seen), *_counters(scenario, seen),
            *_said(scenario, seen), *_read(scenario, seen), *_trace(scenario, seen)]


def _clients(scenario: Scenario, seen: Observation) -> Iterator[str]:
    for visit in scenario.visit:
        views = [view for view in seen.clients if view.visit == visit.name]
        if len(views) != visit.times:
            yield f"visit {visit.name}: expected {visit.times} attempts, saw {len(views)}"
        wrong = [texts for view in views if (texts := list(_visit(visit, view, seen.served)))]
        many = f" ({len(wrong)} of {visit.times} attempts)" if visit.times > 1 else ""
        yield from (text + many for text in (wrong[0] if wrong else ()))


def _visit(visit: Visit, view: ClientView, served: dict[str, str]) -> Iterator[str]:
    where, sees = f"visit {visit.name}: {visit.client}", visit.sees
    if not (view.exit if sees.exit == "failure" else view.exit == sees.exit):
        wanted = "a failure" if sees.exit == "failure" else f"exit status {sees.exit}"
        yield f"{where} expected {wanted}, got {view.exit} ({view.error or 'no error text'})"
        return
    for what in ("error", "issuer", "http", "tls", "cipher", "text"):
        wanted, got = getattr(sees, what), getattr(view, what)
        if wanted is not None and not fits(wanted, got):
            yield f"{where} expected {what} '{wanted}', saw '{got}'"
    if sees.resumed is not None and view.resumed is not sees.resumed:
        yield f"{where} expected {'a resumed' if sees.resumed else 'a new'} TLS session, saw the other"
    if sees.status is not None and view.status != sees.status:
        yield f"{where} expected status {sees.status}, saw {view.status}"
    if sees.body == "as-served" and view.sha256 != served.get(urlsplit(visit.url).path):
        yield f"{where} got a body of {view.size} bytes that is not what the server sent"


def _servers(scenario: Scenario, seen: Observation) -> Iterator[str]:
    for origin in scenario.origin:
        own = [view for view in seen.servers if (view.origin, view.port) == (origin.name, origin.port)]
        if origin.sees.requests is not None and len(own) != origin.sees.requests:
            yield f"server {origin.name}: expected {origin.sees.requests} requests, saw {len(own)}"
        resumed = sum(view.reused == "r" for view in own)
        if origin.sees.resumed is not None and resumed != origin.sees.resumed:
            yield f"server {origin.name}: expected {origin.sees.resumed} requests in resumed TLS sessions, saw {resumed}"
        yield from _distinct(origin, "client addresses", origin.sees.sources, [view.source for view in own])
        yield from _distinct(origin, "TLS versions", origin.sees.protocols, [view.protocol for view in own])
        yield from _distinct(origin, "ciphers", origin.sees.ciphers, [view.cipher for view in own])


def _kept(scenario: Scenario, seen: Observation) -> Iterator[str]:
    for wanted in scenario.kept:
        own = [view for view in seen.connections if view.client.rpartition("/")[0] == wanted.client]
        changed = [f"{it.client}->{it.server} went on as {it.onward_client or 'nothing'}->{it.onward_server}"
                   for it in own if not it.kept]
        if changed:
            yield f"captures: {changed[0]} ({len(changed)} of {len(own)} connections of {wanted.client})"
        elif len(own) != wanted.connections:
            yield f"captures: expected {wanted.connections} connections of {wanted.client}, saw {len(own)}"


def _passed(scenario: Scenario, seen: Observation) -> Iterator[str]:
    for wanted in scenario.passed:
        own = [it for it in seen.passages if (it.switch, it.server) == (wanted.switch, wanted.server)
               and it.to_server and it.to_client >= wanted.least]
        if len(own) != wanted.connections:
            yield (f"captures: expected {wanted.connections} connections to {wanted.server} through {wanted.switch} with "
                   f"{wanted.least} octets or more, saw {len(own)}")


def _distinct(origin: Origin, what: str, wanted: Sequence[str] | None, seen: Iterable[str]) -> Iterator[str]:
    got = tuple(dict.fromkeys(seen))
    if wanted is not None and tuple(wanted) != got:
        yield f"server {origin.name}: expected {what} {_listed(wanted)}, saw {_listed(got)}"


def _log(scenario: Scenario, seen: Observation) -> Iterator[str]:
    for line in scenario.log:
        named = [entry for entry in seen.log if fits(line.name, str(entry.get("name", "")))]
        found = sum(_has(line, entry) for entry in named)
        if found == line.count if line.count is not None else found > 0:
            continue
        wanted = "at least one" if line.count is None else line.count
        yield f"log: expected {wanted} {line.name}{_fields(line)}, saw {found}{_nearest(line, named)}"


def _has(line: LogLine, entry: dict[str, Any]) -> bool:
    return all(fits(value, str(entry.get(key, ""))) for key, value in line.fields.items())


def _fields(line: LogLine) -> str:
    return "".join(f' {key}="{value}"' for key, value in line.fields.items())


def _nearest(line: LogLine, named: Sequence[dict[str, Any]]) -> str:
    if not named or not line.fields:
        return f" ({len(named)} of that name)" if line.fields else ""
    shown = " ".join(f'{key}="{named[-1].get(key, "")}"' for key in line.fields)
    return f" ({len(named)} of that name, the last with {shown})"


def _flows(scenario: Scenario, seen: Observation) -> Iterator[str]:
    for count in scenario.flow:
        own = [entry for entry in seen.flows
               if count.switch in {None, entry.switch} and fits(count.entry, entry.meaning)]
        where = f"switch {count.switch}" if count.switch else "switch"
        packets = sum(entry.packets for entry in own)
        if not own:
            yield f"{where}: there is no flow entry '{count.entry}'"
        elif count.packets and 0 < packets < count.least:
            yield f"{where}: expected {count.least} packets on '{count.entry}', counted {packets}"
        elif bool(packets) is not count.packets:
            yield f"{where}: expected {'' if count.packets else 'no '}packets on '{count.entry}', counted {packets}"


def _said(scenario: Scenario, seen: Observation) -> Iterator[str]:
    yield from _heard("controller", scenario.said, seen.said)
    for daemon, lines in zip(scenario.daemon, seen.daemons, strict=False):
        yield from _heard(daemon.program, daemon.says, lines)
    for asked, lines in zip(scenario.shown, seen.shown, strict=False):
        yield from _heard(f"{asked.on}: {asked.command}", asked.says, lines)


def _heard(speaker: str, expected: tuple[Said, ...], lines: tuple[str, ...]) -> Iterator[str]:
    for wanted in expected:
        found = sum(fits(wanted.line, line) for line in lines)
        if found != wanted.count if wanted.count is not None else not found:
            times = "" if wanted.count is None else f"{wanted.count} times "
            yield f"{speaker}: expected to hear {times}'{wanted.line}', heard it {found} times"


def _read(scenario: Scenario, seen: Observation) -> Iterator[str]:
    for wanted in scenario.read:
        found = sum(view.leg == wanted.leg and fits(wanted.request, view.path) for view in seen.read)
        if found != wanted.count if wanted.count is not None else not found:
            times = "" if wanted.count is None else f" {wanted.count} times"
            yield f"{wanted.leg}'s leg: expected to read '{wanted.request}' in it{times}, read it {found} times"


def _trace(scenario: Scenario, seen: Observation) -> Iterator[str]:
    for wanted in scenario.trace:
        found = sum(fits(wanted.line, line) for line in seen.trace)
        if found != wanted.count if wanted.count is not None else not found:
            times = "" if wanted.count is None else f" {wanted.count} times"
            yield f"trace: expected '{wanted.line}'{times}, found it {found} times"


def _sessions(scenario: Scenario, seen: Observation) -> Iterator[str]:
    wanted, created = scenario.sessions, sum(row.created for row in seen.spus)
    refused = sum(row.failed for row in seen.spus)
    used = [row.name for row in seen.spus if row.created]
    workers = {row.worker for row in seen.spus if row.created}
    if wanted.sessions is not None and created != wanted.sessions:
        yield f"SPUs: expected {wanted.sessions} sessions created, saw {created}"
    if wanted.refused is not None and refused != wanted.refused:
        yield f"SPUs: expected {wanted.refused} sessions refused, saw {refused}"
    if len(used) < wanted.used:
        yield f"SPUs: expected sessions on {wanted.used} of them, saw them on {_listed(used)}"
    if len(workers) < wanted.workers:
        yield f"SPUs: expected sessions with {wanted.workers} workers, saw them with {len(workers)}"
    if wanted.band is not None:
        yield from _spread(wanted.band, seen.spus)


def _spread(band: float, spus: Sequence[SpuRow]) -> Iterator[str]:
    total, capacity = sum(row.created for row in spus), sum(row.maximum for row in spus)
    for row in spus:
        least, most = binomial_band(total, row.maximum / capacity, band)
        if not least <= row.created <= most:
            yield f"SPUs: expected {least} to {most} of {total} sessions on {row.name}, saw {row.created}"


def binomial_band(trials: int, share: float, band: float) -> tuple[int, int]:
    """The least and the most successes with at most half of `1 - band` of the distribution beyond either."""
    tail = (1 - band) / 2
    return _quantile(trials, share, tail), trials - _quantile(trials, 1 - share, tail)


def _quantile(trials: int, share: float, tail: float) -> int:
    """The least number of successes that more than `tail` of the distribution does not exceed."""
    if share in {0, 1}:
        return trials if share else 0
    below = 0.0
    for successes in range(trials):
        below += exp(lgamma(trials + 1) - lgamma(successes + 1) - lgamma(trials - successes + 1)
                     + successes * log(share) + (trials - successes) * log1p(-share))
        if below > tail:
            return successes
    return trials


def _counters(scenario: Scenario, seen: Observation) -> Iterator[str]:
    for name, wanted in scenario.counters.items():
        if seen.counters.get(name, 0) != wanted:
            known = _listed(sorted(f"{name} {count}" for name, count in seen.counters.items()))
            yield f"counters: expected {wanted} '{name}', saw {seen.counters.get(name, 0)} (there are: {known})"


def _listed(items: Sequence[str]) -> str:
    return ", ".join(items) if items else "none"
