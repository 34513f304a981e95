"""An animated replay of distribution, for class: sessions fly to their SPUs, bars show what each is loaded with."""

import json
from heapq import heappop, heappush

import numpy as np
from numpy.typing import NDArray

from hwmodel.chassis import Chassis, FirstPath
from hwmodel.rendering.page import TEMPLATES
from hwmodel.report import Report
from hwmodel.session import Packet
from hwmodel.sessions import DECRYPTED, Sessions

_MOST = 4000  # sessions that are shown; more would be a fog
_ELEPHANT = 0.5  # sessions of that size are shown as long as they live,
_AGAIN = 0.25  # a dot each so many seconds


def replay_page(report: Report, sessions: Sessions) -> str:
    """A page that plays a report; of many sessions it shows an even selection, placed by a chassis of its own."""
    shown = np.unique(np.concatenate([
        np.linspace(0, len(sessions) - 1, min(_MOST, len(sessions))).astype(int),
        np.argsort(sessions.bytes)[-5:]]))  # the largest are what one looks for
    facts = {
        "spus": [{"name": spu.name, "weight": spu.weight_share, "maximum": spu.max_sessions} for spu in report.spus],
        "duration": report.duration,
        "load": [np.mean(np.asarray(threads, float), axis=0).round(4).tolist() for threads in report.series.load],
        "busiest": [np.max(np.asarray(threads, float), axis=0).round(4).tolist() for threads in report.series.load],
        "sessions": [list(map(int, levels)) for levels in report.series.sessions],
        "flights": _flights(report, sessions, shown),
        "selection": len(sessions) / max(1, len(shown)),
    }
    title = f"{report.platform.name}, {report.distribution}, seed {report.seed}"
    return TEMPLATES.get_template("replay.html.jinja").render(
        title=title, lead=report.platform.description, facts=json.dumps(facts).replace("<", "\\u003c"),
        assumed=", ".join(report.platform.assumed))


def _flights(report: Report, sessions: Sessions, shown: NDArray[np.int64]) -> list[list[float]]:
    """Time, network processor, SPU (-1: refused), size from 0 to 1, whether decrypted."""
    chassis = Chassis(report.platform, report.distribution)
    ends: list[tuple[float, int]] = []
    largest = max(1.0, float(sessions.bytes.max(initial=1)))
    flights = []
    for i in shown.tolist():
        at = float(sessions.at[i])
        while ends and ends[0][0] <= at:
            end, session = heappop(ends)
            chassis.close(session, end)
        ingress = int(sessions.ingress[i]) % report.platform.network_processors
        placement = chassis.receive(Packet(sessions.flow(i)), at, ingress)
        spu = -1
        if isinstance(placement, FirstPath):
            spu = placement.session.spu
            heappush(ends, (at + float(sessions.life[i]), placement.session.id))
        size = (max(1.0, float(sessions.bytes[i])) / largest) ** 0.25
        stays = min(float(sessions.life[i]), report.duration - at) if size > _ELEPHANT else 0.0
        decrypted = bool(sessions.flags[i] & DECRYPTED)
        times = (at + np.arange(0, stays + 1e-9, _AGAIN)).round(4).tolist()
        flights += [[time, ingress, spu, round(size, 3), int(decrypted)] for time in times]
    return flights
