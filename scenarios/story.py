"""Tell what a scenario showed, on at most 40 lines: the network, what clients saw, what the log says, flows, SPUs."""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any
from urllib.parse import urlsplit

from mininet.topo import Topo
from rich.cells import cell_len
from rich.console import Group, RenderableType
from rich.markup import escape
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from scenarios.observe import ClientView, Observation
from scenarios.schema import Scenario, Visit
from topologies.roles import Role, Station, functions, legs, stations, wires

DRAWN = 3  # clients, and servers
ROWS = 6  # of one table, so that the whole stays on a screen
_READ = "system: HTTP request "
_CLOSE = "APPTRACK_SESSION_CLOSE"
_DECIDED = re.compile(r"policy |default policy: denied")  # the entries that a reader of the policies looks for


def tell(scenario: Scenario, topo: Topo, seen: Observation) -> RenderableType:
    """Everything as one thing to print."""
    return Group(Text(scenario.title, style="bold"), *drawing(topo), *_visits(scenario, seen), *_servers(seen),
                 *_log(seen.log), *_flows(seen), *_spus(seen))


def drawing(topo: Topo) -> Iterator[Text]:
    """The network, small: clients left, servers right, network functions below their switch."""
    clients = _few([_label(it) for it in stations(topo) if it.role is Role.CLIENT])
    servers = _few([_label(it) for it in stations(topo) if it.role is Role.SERVER])
    left, middle = max(map(len, clients)), " " + " ".join(topo.switches()) + " "
    for row in range(max(len(clients), len(servers))):
        client = f"  {clients[row]:<{left}} ──┤" if row < len(clients) else " " * (left + 5) + "│"
        server = f"├── {servers[row]}" if row < len(servers) else "│"
        yield Text(client + (middle if row == 0 else " " * len(middle)) + server)
    for nf in sorted({leg.nf for leg in legs(topo)}):
        own = ", ".join(f"{leg.edge.interface} at {leg.edge.switch}:{leg.edge.port}" for leg in legs(topo) if leg.nf == nf)
        yield Text(" " * (left + 5) + "└" + "┬┬".center(len(middle), "─") + "┘")
        yield Text(" " * (left + 6) + nf.center(len(middle)) + f"   legs: {own}")
    for function in functions(topo, Role.PROXY):
        yield Text(f"  {function.name}: another SRX at " + " and ".join(
            f"{leg.edge.switch}:{leg.edge.port}" for leg in function.legs))
    for wire in wires(topo):
        yield Text(f"  {wire.name}: a wire between " + " and ".join(f"{switch}:{port}" for switch, port in wire.ends))


def _few(labels: list[str]) -> list[str]:
    """As many as there is room for."""
    return labels if len(labels) <= DRAWN else [*labels[:DRAWN - 1], f"… {len(labels) - DRAWN + 1} more"]


def _label(station: Station) -> str:
    return f"{station.name} {station.ip}"


def _table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> Table:
    """A table without lines, whose last column is cut short where there is no room."""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    for number, column in enumerate(columns):
        width = None if number == len(columns) - 1 else max(cell_len(row[number]) for row in (columns, *rows))
        table.add_column(column, no_wrap=True, min_width=width)
    for row in rows:
        table.add_row(*map(escape, row))
    return table


def _indented(title: str, inner: RenderableType) -> Iterator[RenderableType]:
    yield Text(f"\n{title}", style="bold")
    yield Padding(inner, (0, 0, 0, 2))


def _visits(scenario: Scenario, seen: Observation) -> Iterator[RenderableType]:
    views = [(visit, [view for view in seen.clients if view.visit == visit.name]) for visit in scenario.visit[:ROWS]]
    rows = [_visit(visit, own, seen.served.get(urlsplit(visit.url).path)) for visit, own in views if own]
    yield from _indented("What clients were shown", _table(
        ("visit", "from", "issuer shown", "TLS", "bytes", "body"), rows))


def _visit(visit: Visit, views: Sequence[ClientView], served: str | None) -> tuple[str, ...]:
    first, times = views[0], f" ×{len(views)}" if len(views) > 1 else ""
    if first.exit:
        return visit.name + times, visit.client, "none", "", "", re.sub(r"^.*alert ", "alert: ", first.error)
    return visit.name + times, visit.client, first.issuer, first.tls, str(first.size), _body(first, served)


def _body(view: ClientView, served: str | None) -> str:
    if served is None:
        return f'"{view.text}"'
    return f"{view.sha256[:8]}… {'as served' if view.sha256 == served else 'NOT AS SERVED'}"


def _servers(seen: Observation) -> Iterator[RenderableType]:
    views = [[view for view in seen.servers if view.origin == name]
             for name in dict.fromkeys(view.origin for view in seen.servers)]
    rows = [(own[0].origin, str(len(own)), _each(view.source for view in own), _each(view.protocol for view in own))
            for own in views]
    if rows:
        yield from _indented("What servers saw", _table(("server", "requests", "from", "TLS"), rows))


def _each(values: Iterable[str]) -> str:
    return ", ".join(value for value in dict.fromkeys(values) if value)


def _log(log: Sequence[dict[str, Any]]) -> Iterator[RenderableType]:
    """AppTrack's line, next to it the request that the network function read in clear, and what it dropped."""
    track = next((entry for entry in log if str(entry.get("name")).removesuffix("_LS") == _CLOSE), None)
    read = next((entry for entry in log if str(entry.get("message", "")).startswith(_READ)), None)
    drops = [entry for entry in log if entry.get("name") == "SSL_PROXY_SSL_SESSION_DROP"]
    lines = [f"{_CLOSE:<24}{_flow(track)} {escape(_application(track))}"] if track else []
    if read:
        lines += [f"{'SSL_PROXY_INFO':<24}{_flow(read)}",
                  f"{'  read in clear':<24}[green]{escape(read['message'].removeprefix(_READ))}[/green]"]
    lines += [f"DROP {entry.get('source-port')} {escape(str(entry.get('message')))}" for entry in drops[:ROWS]]
    if lines:
        yield from _indented("What the SRX logged", Text.from_markup("\n".join(lines)))


def _application(entry: dict[str, Any]) -> str:
    return f"{entry.get('application')}, encrypted {entry.get('encrypted')}"


def _flow(entry: dict[str, Any]) -> str:
    return (f"{entry.get('source-address')}/{entry.get('source-port')}->"
            f"{entry.get('destination-address')}/{entry.get('destination-port')}")


def _flows(seen: Observation) -> Iterator[RenderableType]:
    counted = [entry for entry in seen.flows if entry.packets and _DECIDED.match(entry.meaning)]
    kinds = [[entry for entry in counted if entry.meaning == meaning]
             for meaning in dict.fromkeys(entry.meaning for entry in counted)]
    rows = [(str(sum(it.packets for it in own)), str(sum(it.octets for it in own)), own[0].meaning)
            for own in kinds[:ROWS]]
    if rows:
        yield from _indented("Flow entries that matched", _table(("packets", "bytes", "what for"), rows))


def _spus(seen: Observation) -> Iterator[RenderableType]:
    shown = seen.spus[:2 * ROWS]
    names = [row.name.replace("FPC ", "").replace(" PIC ", "/") for row in shown]
    yield from _indented(f"SPUs of the {seen.platform}, by FPC/PIC", _table(("SPU", *names), (
        ("sessions created", *(str(row.created) for row in shown)),
        ("CPU now, %", *(f"{row.cpu:.0f}" for row in shown)))))


def verdict(name: str, wrong: Iterable[str], seconds: float) -> Iterator[Text]:
    """The line that says whether a scenario went as expected, and one for each difference."""
    found = list(wrong)
    said = f"{len(found)} difference{'s' * (len(found) > 1)} from what is expected" if found else "as expected"
    yield Text(f"{name}: {said} ({seconds:.1f} s)", style="bold red" if found else "bold green")
    yield from (Text(f"  - {line}") for line in found)
