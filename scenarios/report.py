"""A run as one HTML page that needs nothing else: no network, no script; for the screen, the dark, and print.

Everything that a peer or a scenario wrote is escaped by the template engine. Nothing here looks at a clock, or at a
file but the page's own templates.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

import jinja2
from mininet.topo import Topo

from nf.config.configuration import Configuration
from scenarios import report_tables as tables
from scenarios.observe import Observation
from scenarios.pcapng import Packet
from scenarios.report_expectations import expectations
from scenarios.report_ladder import LANES, WIDTH, ladder
from scenarios.report_map import picture
from scenarios.report_packets import connections
from scenarios.report_paths import Attempt, Way, attempts, routes
from scenarios.schema import Scenario

PAGE = "report.html"
ROWS = 400  # of a table; the rest is in the files
LADDERS = 12


@dataclass(frozen=True, slots=True)
class Run:
    """A scenario that has run: what was seen and captured, by leg, and the files beside the page with their sizes."""

    scenario: Scenario
    topo: Topo
    configuration: Configuration
    seen: Observation
    differences: Sequence[str]
    captured: Mapping[str, Sequence[Packet]]
    at: datetime
    seconds: float
    files: Sequence[tuple[str, int]] = ()


def render(run: Run) -> str:
    """The page."""
    taken = attempts(run.scenario, run.topo, run.seen, connections(run.captured))
    ways = routes(run.scenario, run.topo, taken)
    return _environment().get_template("report.html.jinja").render(
        run=run, scenario=run.scenario, seen=run.seen, ROWS=ROWS, LANES=LANES, WIDTH=WIDTH,
        expectations=expectations(run.scenario, run.seen, run.differences),
        map=picture(run.topo, run.configuration.systems.overview, ways), routes=ways,
        ways=[way for way in Way if any(route.way is way for route in ways)],
        ladders=[found for found in map(ladder, _told_once(taken)) if found],
        visits=tables.visits(taken, run.seen.served), requests=tables.requests(run.seen.servers),
        sessions=tables.sessions(run.seen.log), flows=tables.flow_groups(run.seen.flows), tables=tables,
        most_created=max((spu.created for spu in run.seen.spus), default=0))


def _told_once(taken: Sequence[Attempt]) -> list[Attempt]:
    """The first diverted attempt of each visit."""
    first: dict[str, Attempt] = {}
    for attempt in taken:
        if attempt.connection:
            first.setdefault(attempt.visit.name, attempt)
    return list(first.values())[:LADDERS]


@cache
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=jinja2.StrictUndefined,
        trim_blocks=True, lstrip_blocks=True)
    environment.filters |= {"number": _number, "href": quote, "record": _record, "points": _points}
    return environment


def _number(value: float, places: int = 0) -> str:
    return f"{value:,.{places}f}"


def _record(record: Mapping[str, Any]) -> str:
    return json.dumps(record, ensure_ascii=False)


def _points(points: Sequence[tuple[float, float]]) -> str:
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
