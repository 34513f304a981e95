"""A picture of the network as plain geometry: boxes, links and the routes that packets took; lengths are in SVG units.

Clients stand left of their switch, servers right of it, network functions below; switches with nothing plugged in but
other switches stand in a row above, and what only paths lead through above these.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from mininet.topo import Topo

from nf.policy.zones import ZoneMap
from scenarios.report_paths import Route, Way
from topologies.roles import Leg, Role, Station, functions, legs, stations, wires

Point: TypeAlias = tuple[float, float]
HOST, SWITCH, NF = (158.0, 46.0), (84.0, 46.0), (196.0, 52.0)
GAP, ROW, BELOW, CORE, MARGIN, BETWEEN = 96.0, 60.0, 84.0, 96.0, 8.0, 64.0
LEG_STEP, SHARED_STEP = 92.0, 10.0
ASIDE = 16.0  # words beside a leg
APART = 6.0  # between ways over one link


@dataclass(frozen=True, slots=True)
class Box:
    """A node of the network; x and y are its middle. `zone` counts from 0, None is no zone of its own."""

    name: str
    kind: str  # client, server, switch, nf
    x: float
    y: float
    size: Point
    note: str = ""
    zone: int | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """A link, or a route with its way."""

    points: tuple[Point, ...]
    way: Way | None = None
    title: str = ""


@dataclass(frozen=True, slots=True)
class Label:
    """Words at a leg: its interface, left or right of it."""

    x: float
    y: float
    text: str
    anchor: str


@dataclass(frozen=True, slots=True)
class Map:
    """The whole picture; boxes are drawn over lines."""

    width: float
    height: float
    boxes: tuple[Box, ...]
    links: tuple[Line, ...]
    routes: tuple[Line, ...]
    labels: tuple[Label, ...]
    zones: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Cell:
    """A switch with what is plugged into it."""

    switch: str
    clients: tuple[Station, ...]
    servers: tuple[Station, ...]
    nfs: tuple[str, ...]

    def reach(self, own: tuple[Station, ...]) -> float:
        """How far it reaches to one side of the switch's middle."""
        return max(SWITCH[0] / 2 + GAP + HOST[0] if own else SWITCH[0] / 2, NF[0] / 2 if self.nfs else 0.0)


def picture(topo: Topo, zones: ZoneMap, routes: Sequence[Route]) -> Map:
    """Place everything and lay the routes over it."""
    cells = _cells(topo)
    boxes = {box.name: box for box in _boxes(topo, cells, zones)}
    feet = _feet(topo, boxes)
    width = max(box.x + box.size[0] / 2 for box in boxes.values()) + MARGIN
    height = max(box.y + box.size[1] / 2 for box in boxes.values()) + MARGIN
    ways = [way for way in Way if any(route.way is way for route in routes)]
    shifts = {way: (number - (len(ways) - 1) / 2) * APART for number, way in enumerate(ways)}
    return Map(width, height, tuple(boxes.values()), tuple(_links(topo, boxes, feet)),
               tuple(_route(route, shifts[route.way], boxes, feet) for route in routes), tuple(_labels(topo, feet)),
               tuple(zones.zones))


def _cells(topo: Topo) -> list[_Cell]:
    found = []
    first_of: dict[str, str] = {}
    for leg in legs(topo):
        first_of.setdefault(leg.nf, leg.edge.switch)
    for switch in topo.switches():
        own = [station for station in stations(topo) if station.edge.switch == switch]
        found.append(_Cell(switch, tuple(it for it in own if it.role is Role.CLIENT),
                           tuple(it for it in own if it.role is Role.SERVER),
                           tuple(nf for nf, first in first_of.items() if first == switch)))
    return sorted(found, key=lambda cell: (bool(cell.servers) - bool(cell.clients), cell.switch))


def _boxes(topo: Topo, cells: Sequence[_Cell], zones: ZoneMap) -> Iterable[Box]:
    used = {leg.edge.switch for leg in legs(topo)}
    edge = [cell for cell in cells if cell.clients or cell.servers or cell.switch in used]
    core = [cell.switch for cell in cells if cell not in edge]
    rows = max((len(own) for cell in edge for own in (cell.clients, cell.servers)), default=1)
    top = MARGIN + (NF[1] + ROW if _passed(topo) else 0)
    middle = top + (SWITCH[1] + CORE if core else 0) + max((rows - 1) * ROW + HOST[1], SWITCH[1]) / 2
    x = MARGIN
    for cell in edge:
        x += cell.reach(cell.clients)
        yield from _cell_boxes(cell, x, middle, zones)
        x += cell.reach(cell.servers) + BETWEEN
    width = x - BETWEEN - MARGIN
    for number, switch in enumerate(core, 1):
        yield Box(switch, "switch", MARGIN + width * number / (len(core) + 1), top + SWITCH[1] / 2, SWITCH, "switch")
    for number, name in enumerate(_passed(topo), 1):
        x = MARGIN + width * number / (len(_passed(topo)) + 1)
        yield Box(name, "nf", x, MARGIN + NF[1] / 2, NF, "where paths lead through")


def _passed(topo: Topo) -> dict[str, tuple[tuple[str, int], ...]]:
    """Functions that only paths lead through, and the switch ports that they are at."""
    proxies = {function.name: tuple((leg.edge.switch, leg.edge.port) for leg in function.legs)
               for function in functions(topo, Role.PROXY)}
    return {wire.name: wire.ends for wire in wires(topo)} | proxies


def _cell_boxes(cell: _Cell, x: float, y: float, zones: ZoneMap) -> Iterable[Box]:
    yield Box(cell.switch, "switch", x, y, SWITCH, "switch")
    away = SWITCH[0] / 2 + GAP + HOST[0] / 2
    for own, side in ((cell.clients, -1), (cell.servers, 1)):
        for number, station in enumerate(own):
            yield Box(station.name, station.role.value, x + side * away, y + (number - (len(own) - 1) / 2) * ROW, HOST,
                      *_in_zone(station, zones))
    for number, nf in enumerate(cell.nfs):
        below = y + SWITCH[1] / 2 + BELOW + NF[1] / 2
        yield Box(nf, "nf", x + number * (NF[0] + MARGIN), below, NF, "network function")


def _in_zone(station: Station, zones: ZoneMap) -> tuple[str, int | None]:
    zone = zones.zone_of(station.edge.interface)
    if zone is None:
        return f"{station.ip}  no zone", None
    return f"{station.ip}  {zone.name}", list(zones.zones).index(zone.name)


def _feet(topo: Topo, boxes: Mapping[str, Box]) -> dict[str, Point]:
    """Where each leg meets its network function; legs at one port stand close together."""
    feet = {}
    for nf in dict.fromkeys(leg.nf for leg in legs(topo)):
        ports: dict[tuple[str, int], list[Leg]] = {}
        for leg in legs(topo):
            if leg.nf == nf:
                ports.setdefault((leg.edge.switch, leg.edge.port), []).append(leg)
        box = boxes[nf]
        for place, own in enumerate(ports.values()):
            x = box.x + (place - (len(ports) - 1) / 2) * min(LEG_STEP, NF[0] / len(ports))
            for number, leg in enumerate(own):
                feet[leg.device] = x + (number - (len(own) - 1) / 2) * SHARED_STEP, box.y - box.size[1] / 2
    return feet


def _links(topo: Topo, boxes: Mapping[str, Box], feet: Mapping[str, Point]) -> Iterable[Line]:
    for a, b in dict.fromkeys((a, b) for a, b in topo.iterLinks() if topo.isSwitch(a) and topo.isSwitch(b)):
        yield Line(((boxes[a].x, boxes[a].y), (boxes[b].x, boxes[b].y)), title=f"{a} – {b}")
    for it in stations(topo):
        switch = boxes[it.edge.switch]
        yield Line((_inner(boxes[it.name]), (switch.x, switch.y)),
                   title=f"{it.name}, port {it.edge.port} of {switch.name}")
    for passed, ends in _passed(topo).items():
        box = boxes[passed]
        for side, (name, port) in zip((-1, 1), ends, strict=True):
            yield Line(((box.x + side * LEG_STEP / 2, box.y), (boxes[name].x, boxes[name].y)),
                       title=f"{passed}, port {port} of {name}")
    for leg in legs(topo):
        yield Line(_down(leg.edge.switch, leg.device, boxes, feet),
                   title=f"{leg.device}, {leg.edge.interface}, port {leg.edge.port} of {leg.edge.switch}")


def _inner(box: Box) -> Point:
    """The edge of a host's box that looks to its switch."""
    return box.x + (box.size[0] / 2 if box.kind == "client" else -box.size[0] / 2), box.y


def _down(switch: str, device: str, boxes: Mapping[str, Box], feet: Mapping[str, Point]) -> tuple[Point, Point]:
    """From a switch to a leg: straight down where the leg is below it."""
    box, foot = boxes[switch], feet[device]
    below = abs(foot[0] - box.x) < box.size[0] + LEG_STEP
    return (box.x + (foot[0] - box.x) * 0.45 if below else box.x, box.y), foot


def _route(route: Route, shift: float, boxes: Mapping[str, Box], feet: Mapping[str, Point]) -> Line:
    points: list[Point] = []
    here = ""
    for node, following in zip(route.nodes, (*route.nodes[1:], ""), strict=True):
        if node in feet:
            down = _down(here or following, node, boxes, feet)
            points += down if here else down[::-1]
            here = ""
        elif boxes[node].kind == "switch":
            here = node
            points.append((boxes[node].x, boxes[node].y))
        else:
            points.append(_inner(boxes[node]))
    if route.way is Way.STOPPED:
        (x, y), (to_x, to_y) = points[0], points[-1]
        points[-1] = x + (to_x - x) * 0.5, y + (to_y - y) * 0.5
    title = f"{' → '.join(route.nodes)}: {route.way.value}, {route.attempts} attempt{'s' * (route.attempts > 1)}"
    return Line(tuple((x + shift, y + shift) for x, y in points), route.way, title)


def _labels(topo: Topo, feet: Mapping[str, Point]) -> Iterable[Label]:
    for leg in legs(topo):
        x, y = feet[leg.device]
        own = sorted(feet[it.device][0] for it in legs(topo) if it.nf == leg.nf)
        last = x == own[-1] and len(own) > 1
        yield Label(x + (ASIDE if last else -ASIDE), y - 8, leg.edge.interface, "start" if last else "end")
