from hwmodel.distribution import WeightTable
from hwmodel.distribution.hash_based import HashTable
from hwmodel.network_processor import NetworkProcessor
from hwmodel.session import Direction, Session, Wing
from tests.hwmodel.hardware import flow


def session(client: int) -> Session:
    there = flow(client)
    return Session(client, Wing(there, Direction.C2S), Wing(there.reversed(), Direction.S2C), 0)


def test_both_wings_lead_to_their_session_until_it_is_forgotten() -> None:
    processor, known = NetworkProcessor(10), session(1)
    processor.install(known)
    assert processor.lookup(flow(1)) is processor.lookup(flow(1).reversed()) is known
    processor.forget(known)
    assert processor.lookup(flow(1)) is None
    assert len(processor) == 0


def test_a_full_cache_takes_no_more_wings() -> None:
    processor = NetworkProcessor(2)
    for client in range(3):
        processor.install(session(client), flow=flow(client))
    assert (len(processor), processor.turned_away) == (2, 1)
    assert processor.lookup(flow(2)) is None


def test_without_tables_there_is_no_spu_to_choose() -> None:
    processor = NetworkProcessor(2)
    assert processor.choose(flow()) is None
    processor.load(HashTable(WeightTable({3: 1}, frozenset({3}), 8, lambda spu: 0)))
    assert processor.choose(flow()) == 3
    processor.load(None)
    assert processor.choose(flow()) is None
