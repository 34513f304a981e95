"""Tell what a scenario showed, on at most 40 lines: the network, what clients saw, what the log says, flows, SPUs."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any
from urllib.parse import urlsplit

from mininet.topo import Topo
from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from scenarios.observe import ClientView, Observation
from scenarios.schema import Scenario, Visit
from topologies.roles import Role, Station, legs, stations

ROWS = 6  # of one table, so that the whole stays on a screen
_READ = "system: HTTP request "


def tell(scenario: Scenario, topo: Topo, seen: Observation) -> RenderableType:
    """Everything as one thing to print."""
    return Group(Text(scenario.title, style="bold"), *drawing(topo), _visits(scenario, seen), *_log(seen.log),
                 _flows(seen), _spus(seen))


def drawing(topo: Topo) -> Iterator[Text]:
    """The network, small: clients left, servers right, network functions below their switch."""
    clients = [_label(it) for it in stations(topo) if it.role is Role.CLIENT]
    servers = [_label(it) for it in stations(topo) if it.role is Role.SERVER]
    left, middle = max(map(len, clients)), " " + " ".join(topo.switches()) + " "
    for row in range(max(len(clients), len(servers))):
        client = f"  {clients[row]:<{left}} ──┤" if row < len(clients) else " " * (left + 5) + "│"
        server = f"├── {servers[row]}" if row < len(servers) else "│"
        yield Text(client + (middle if row == 0 else " " * len(middle)) + server)
    for nf in sorted({leg.nf for leg in legs(topo)}):
        own = ", ".join(f"{leg.edge.interface} at port {leg.edge.port}" for leg in legs(topo) if leg.nf == nf)
        yield Text(" " * (left + 5) + "└" + "┬┬".center(len(middle), "─") + "┘")
        yield Text(" " * (left + 6) + nf.center(len(middle)) + f"   legs: {own}")


def _label(station: Station) -> str:
    return f"{station.name} {station.ip}"


def _table(title: str, *columns: str) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold", box=box.SIMPLE_HEAD, pad_edge=False)
    for column in columns:
        table.add_column(column, overflow="fold")
    return table


def _visits(scenario: Scenario, seen: Observation) -> Table:
    table = _table("What clients were shown", "visit", "from", "issuer of the certificate", "TLS", "body", "SHA-256")
    for visit in scenario.visit[:ROWS]:
        views = [view for view in seen.clients if view.visit == visit.name]
        if views:
            table.add_row(*_visit(visit, views, seen))
    return table


def _visit(visit: Visit, views: Sequence[ClientView], seen: Observation) -> tuple[str, ...]:
    first, times = views[0], f" ×{len(views)}" if len(views) > 1 else ""
    if first.exit:
        return visit.name + times, visit.client, f"none: {first.error}", "", "", ""
    same = first.sha256 == seen.served.get(urlsplit(visit.url).path)
    shown = f"{first.sha256[:12]}… {'as served' if same else 'NOT AS SERVED'}"
    return visit.name + times, visit.client, first.issuer, first.tls, f"{first.size} B", shown


def _log(log: Sequence[dict[str, Any]]) -> Iterator[Text]:
    """AppTrack's line, and next to it the request that the network function read in clear."""
    track = next((entry for entry in log if entry.get("name") == "APPTRACK_SESSION_CLOSE"), None)
    read = next((entry for entry in log if str(entry.get("message", "")).startswith(_READ)), None)
    drops = [entry for entry in log if entry.get("name") == "SSL_PROXY_SSL_SESSION_DROP"]
    if track or read or drops:
        yield Text("What the SRX logged", style="bold")
    if track:
        yield Text(f"  APPTRACK_SESSION_CLOSE  {_flow(track)}  application {track.get('application')}  "
                   f"from client {track.get('bytes-from-client')} B, from server {track.get('bytes-from-server')} B")
    if read:
        yield Text(f"  SSL_PROXY_INFO          {_flow(read)}  ")
        yield Text(f"                          read in clear: {read['message'].removeprefix(_READ)}", style="green")
    yield from (Text(f"  SSL_PROXY_SSL_SESSION_DROP  {_flow(entry)}  {entry.get('message')}") for entry in drops[:ROWS])


def _flow(entry: dict[str, Any]) -> str:
    return (f"{entry.get('source-address')}/{entry.get('source-port')}->"
            f"{entry.get('destination-address')}/{entry.get('destination-port')}")


def _flows(seen: Observation) -> Table:
    table = _table("Flow entries that matched", "what for", "entries", "packets", "bytes")
    counted = [entry for entry in seen.flows if entry.packets and _tells(entry.meaning)]
    for meaning in sorted({entry.meaning for entry in counted}, key=_rank)[:ROWS]:
        own = [entry for entry in counted if entry.meaning == meaning]
        table.add_row(meaning, str(len(own)), str(sum(entry.packets for entry in own)),
                      str(sum(entry.octets for entry in own)))
    return table


def _tells(meaning: str) -> bool:
    return meaning.startswith(("policy", "default policy", "from the NF: on"))


def _rank(meaning: str) -> tuple[bool, str]:
    return not meaning.startswith("policy"), meaning


def _spus(seen: Observation) -> RenderableType:
    table = _table(f"SPUs of the {seen.platform}", "SPU", "sessions created", "now", "maximum", "CPU %")
    for row in seen.spus[:2 * ROWS]:
        table.add_row(row.name, str(row.created), str(row.current), str(row.maximum), f"{row.cpu:.0f}")
    return table


def verdict(name: str, wrong: Iterable[str], seconds: float) -> Iterator[Text]:
    """The line that says whether a scenario went as expected, and one for each difference."""
    found = list(wrong)
    said = f"{len(found)} difference{'s' * (len(found) > 1)} from what is expected" if found else "as expected"
    yield Text(f"{name}: {said} ({seconds:.1f} s)", style="bold red" if found else "bold green")
    yield from (Text(f"  - {line}") for line in found)
