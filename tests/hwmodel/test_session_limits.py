"""`limit-session`, zone by zone: refused or only told, counted back, changed while sessions live."""

from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from hwmodel.chassis import Chassis, FirstPath, Refusal, Refused
from hwmodel.flow_settings import FlowSettings, SessionLimit
from hwmodel.session import Packet
from tests.hwmodel.hardware import flow, small_platform

TWO = SessionLimit(source=2)


def chassis(**limits: SessionLimit) -> Chassis:
    return Chassis(small_platform((100,)), settings=FlowSettings(zone_limits=limits))


def come(box: Chassis, client: int, zone: str) -> object:
    placement = box.receive(Packet(flow(client), zone=zone), 0.0)
    return placement.reason if isinstance(placement, Refused) else placement


def test_a_limit_is_of_the_zone_that_names_it() -> None:
    box = chassis(trust=TWO)  # clients 0 to 3 share an address
    assert [isinstance(come(box, client, "trust"), FirstPath) for client in (0, 1)] == [True, True]
    assert come(box, 2, "trust") is Refusal.SOURCE_LIMIT
    assert isinstance(come(box, 3, "dmz"), FirstPath)


def test_an_alarm_lets_in_what_it_tells_of() -> None:
    box = chassis(trust=SessionLimit(source=2, drops=False))
    told = [come(box, client, "trust") for client in range(3)]
    assert [one.alarm for one in told if isinstance(one, FirstPath)] == [None, None, Refusal.SOURCE_LIMIT]


def test_limits_may_come_and_go_while_sessions_live() -> None:
    box = chassis(trust=TWO)
    first = come(box, 0, "trust")
    assert isinstance(first, FirstPath)
    come(box, 1, "trust")
    box.configure(FlowSettings())
    assert isinstance(come(box, 2, "trust"), FirstPath)  # not counted
    box.configure(FlowSettings(zone_limits={"trust": TWO}))
    assert come(box, 3, "trust") is Refusal.SOURCE_LIMIT
    box.close(first.session.id, 1.0)
    assert isinstance(come(box, 3, "trust"), FirstPath)


@settings(deadline=None, max_examples=30)
@given(st.lists(st.tuples(st.integers(0, 15), st.sampled_from(["trust", "dmz"]), st.booleans()), max_size=60))
def test_no_address_ever_has_more_than_its_limit_and_none_is_refused_below_it(steps: list[tuple[int, str, bool]]) -> None:
    box, live = chassis(trust=TWO), Counter[object]()
    held: dict[int, tuple[int, object]] = {}
    for client, zone, closes in steps:
        if closes and client in held:
            number, place = held.pop(client)
            box.close(number, 0.0)
            live[place] -= 1
        elif client not in held:
            place, found = (zone, flow(client).src), come(box, client, zone)
            if isinstance(found, FirstPath):
                live[place] += 1
                held[client] = found.session.id, place
                assert zone == "dmz" or live[place] <= 2
            else:
                assert (found, live[place]) == (Refusal.SOURCE_LIMIT, 2)


def test_a_load_without_zones_has_the_lowest_limit_that_drops() -> None:
    both = FlowSettings(zone_limits={"trust": SessionLimit(9, 4), "dmz": SessionLimit(5), "lab": SessionLimit(1, drops=False)})
    found = both.without_zones()
    assert (found.source_limit, found.destination_limit, dict(found.zone_limits)) == (5, 4, {})
