"""Routing by application with application identification in front of it, as a session meets both."""

from collections.abc import Sequence
from dataclasses import replace
from ipaddress import ip_address, ip_interface, ip_network

from hwmodel.session import Direction
from nf.inspection.inspection import Inspection
from nf.inspection.passage import Passage
from nf.log.records import CloseReason, Route
from nf.policy.apbr import Apbr, ApbrProfile, ApbrRule, RoutingInstance
from nf.policy.systems import LogicalSystem, Systems
from nf.policy.zones import Interface, ZoneMap
from nf.policy.zones import Route as StaticRoute
from nf.services import Attachment, Bulletin, attach_all, concerned
from nf.services import Engaged as On
from nf.services.apbr import RoutesByApplication
from nf.services.application_identification import Identification
from nf.services.apptrack import SERVICE as APPTRACK
from tests.services.attachments import FACTS, POLICY, TRUST, UNTRUST, VOLUME, field

C2S = Direction.C2S
GET = b"GET / HTTP/1.1\r\nHost: www.youtube.com\r\n\r\n"
VIDEO = ApbrRule("video", frozenset({"junos:web:multimedia"}), (), "RI1")
WEB = ApbrRule("web", frozenset({"junos:HTTP"}), (), "RI2")
INSTANCES = {name: RoutingInstance(name) for name in ("RI1", "RI2")}
MISMATCHING = {**INSTANCES, "RI1": RoutingInstance("RI1", (StaticRoute(ip_network("0.0.0.0/0"), ip_address("10.9.0.9")),))}
NOWHERE = ZoneMap()
ELSEWHERE = ZoneMap({"trust": TRUST, "untrust": UNTRUST},
                    {"ge-0/0/9.0": Interface("ge-0/0/9.0", (ip_interface("10.9.0.1/24"),))})
KNOWN = Bulletin("application_identification", "root-logical-system 203.0.113.5 443", "junos:HTTP junos:YOUTUBE Yes", 60.0)


class Play:
    """Sessions of one worker, one after the other."""

    def __init__(self, rules: Sequence[ApbrRule] = (VIDEO, WEB), zone_map: ZoneMap = NOWHERE, **options: object) -> None:
        apbr = replace(Apbr({"P": ApbrProfile("P", tuple(rules))}, {"trust": "P"}, instances=INSTANCES), **options)
        self.system = LogicalSystem(services={"apbr": apbr}, zone_map=zone_map)
        systems = Systems((self.system,))
        self.identification, self.routes = Identification.prepare(systems), RoutesByApplication.prepare(systems)
        self._engaged = (On("application_identification", self.identification), On("apbr", self.routes),
                         On("apptrack", APPTRACK))

    def session(self) -> Inspection:
        attachment = Attachment(POLICY, TRUST, UNTRUST, self.system, FACTS)
        inspection = Inspection(attach_all(concerned(self._engaged, attachment), attachment))
        inspection.mark_encrypted(True)
        return inspection

    def counted(self) -> dict[str, int]:
        counters = self.routes.report("statistics", {})["counters"]
        return {name: count for name, count in counters.items() if not name.startswith("P ")}


def names(passage: Passage) -> list[str]:
    return [record.name for record in passage.records]


def test_a_session_is_moved_when_its_first_bytes_tell_what_it_is() -> None:
    play = Play()
    session = play.session()
    assert session.open(0.0).way is None
    passage = session.receive(C2S, GET)
    assert (passage.way, passage.data) == ("RI1", ((C2S, GET),))
    assert names(passage) == ["APPTRACK_SESSION_ROUTE_UPDATE", "APPTRACK_SESSION_CREATE"]
    closed, = session.finish(CloseReason.FIN, VOLUME)
    assert [field(closed, name) for name in ("profile-name", "rule-name", "routing-instance", "nested-application")] == [
        "P", "video", "RI1", "YOUTUBE"]
    assert play.counted() == {"sessions-processed": 1, "midstream-rerouted": 1}


def test_the_first_packet_goes_by_the_cache() -> None:
    play = Play()
    play.identification.hear(KNOWN, 0.0)
    session = play.session()
    assert session.open(1.0).way == "RI1"
    assert session.receive(C2S, GET).way is None, "it is what it was taken for"
    assert play.counted() == {"sessions-processed": 1, "cache-hit-rerouted": 1}


def test_what_the_bytes_say_stands_over_the_cache() -> None:
    play = Play()
    play.identification.hear(KNOWN, 0.0)
    session = play.session()
    session.open(1.0)
    assert session.receive(C2S, GET.replace(b"www.youtube.com", b"a.test")).way == "RI2"
    assert session.application.route == Route("P", "web", "RI2")


def test_a_session_that_has_begun_may_have_to_stay() -> None:
    for play in (Play((replace(VIDEO, midstream=False),)), Play(most_changes=0)):
        session = play.session()
        session.open(0.0)
        assert session.receive(C2S, GET).way is None
        assert play.counted() == {"sessions-processed": 1, "midstream-rerouting-disabled": 1}


def test_nothing_is_moved_into_another_zone() -> None:
    for drops in (False, True):
        play = Play(zone_map=ELSEWHERE, instances=MISMATCHING, drops_mismatch=drops)
        session = play.session()
        session.open(0.0)
        passage = session.receive(C2S, GET)
        assert (passage.way, passage.blocked) == (None, drops)
        assert names(passage)[0] == "APBR_ZONE_MISMATCH"
        assert field(passage.records[0], "action") == ("Drop" if drops else "Keep")


def test_where_no_rule_covers_it_the_way_stays() -> None:
    play = Play((VIDEO,))
    session = play.session()
    session.open(0.0)
    assert session.receive(C2S, b"EHLO a\r\n").way is None
    assert Play().routes.attach(Attachment(POLICY, UNTRUST, TRUST, play.system, FACTS)) is None
