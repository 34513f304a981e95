from hwmodel.central_point import CentralPoint
from hwmodel.distribution import Build, WeightTable
from hwmodel.distribution.hash_based import HashTable
from hwmodel.distribution.round_robin import RoundRobin
from hwmodel.session import Direction, Session, Wing
from tests.hwmodel.hardware import flow


def central_point(build: Build = HashTable) -> CentralPoint:
    return CentralPoint(WeightTable({1: 100, 2: 300}, frozenset({1, 2}), 64, lambda spu: 0), build)


def test_the_global_table_knows_a_session_by_identifier_and_by_either_wing() -> None:
    cp = central_point()
    session = Session(7, Wing(flow(), Direction.C2S), Wing(flow().reversed(), Direction.S2C), 1)
    cp.record(session)
    assert cp.session(7) is cp.lookup(flow()) is cp.lookup(flow().reversed()) is session
    assert (len(cp), list(cp)) == (1, [session])
    assert cp.forget(session.id) is session
    assert cp.forget(session.id) is None
    assert (cp.session(7), cp.lookup(flow()), cp.lookup(flow().reversed()), len(cp)) == (None, None, None, 0)


def test_capacity_is_what_the_spus_hold() -> None:
    assert central_point().capacity == 400


def test_tables_name_living_spus_alone() -> None:
    cp = central_point()
    cp.lose(2)
    tables = cp.tables()
    assert tables is not None
    assert {tables.choose(flow(client)) for client in range(200)} == {1}
    cp.lose(1)
    assert cp.tables() is None
    cp.regain(9)  # an SPU that takes no sessions, such as the central point's own
    assert cp.tables() is None
    cp.regain(2)
    tables = cp.tables()
    assert tables is not None
    assert tables.choose(flow()) == 2


def test_a_choice_is_made_in_one_place_alone() -> None:
    by_tables, by_turns = central_point(HashTable), central_point(RoundRobin)
    assert by_tables.tables() is not None
    assert by_tables.choose(flow()) is None
    assert by_turns.tables() is None
    assert by_turns.choose(flow()) == 2


def test_the_central_point_chooses_among_the_living() -> None:
    cp = central_point(RoundRobin)
    cp.lose(2)
    assert {cp.choose(flow(client)) for client in range(10)} == {1}
    cp.lose(1)
    assert (cp.choose(flow()), cp.has_living_spus) == (None, False)
    cp.regain(2)
    assert (cp.choose(flow()), cp.has_living_spus) == (2, True)
