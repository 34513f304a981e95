"""The room that caches share: never more than it has, and from the threshold on no system in another's share."""

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from nf.config import load
from nf.dataplane.assembly import engines_of
from nf.dataplane.cache_room import SERVERS, SITES, CacheRoom
from nf.dataplane.server_sessions import POOL
from nf.pki import PkiStore
from tests.helpers.loopback_pki import LoopbackPki
from tests.helpers.running_proxy import CONFIGURATION


class Shelf:
    """A cache that only counts."""

    def __init__(self, room: CacheRoom, system: str) -> None:
        self.room, self.system, self.count = room, system, 0
        room.join(system, self)

    def held(self) -> int:
        return self.count

    def drop_oldest(self) -> None:
        assert self.count
        self.count -= 1

    def keep(self, times: int = 1) -> None:
        for _ in range(times):
            self.room.make_way(self.system)
            self.count += 1


def shelves(limit: int, threshold: int | None, *systems: str) -> list[Shelf]:
    room = CacheRoom(limit, threshold)
    return [Shelf(room, system) for system in systems]


def counts(held: Sequence[Shelf]) -> list[int]:
    return [one.count for one in held]


def test_without_a_threshold_the_cache_that_has_most_gives_way() -> None:
    red, blue = held = shelves(10, None, "red", "blue")
    red.keep(20)
    assert counts(held) == [10, 0]
    blue.keep(3)
    assert counts(held) == [7, 3]


def test_from_the_threshold_on_systems_keep_to_their_shares() -> None:
    red, blue = held = shelves(10, 80, "red", "blue")
    red.keep(20)
    assert counts(held) == [8, 0], "free until then"
    blue.keep(20)
    assert counts(held) == [5, 5]


def test_a_systems_caches_share_its_share() -> None:
    one, other, blue = held = shelves(12, 1, "red", "red", "blue")
    one.keep(12)
    assert counts(held) == [6, 0, 0]
    other.keep()
    assert counts(held) == [5, 1, 0]
    blue.keep(12)
    assert counts(held) == [5, 1, 6]


@given(st.integers(1, 12), st.none() | st.integers(1, 100), st.lists(st.integers(0, 3)))
def test_the_room_is_never_exceeded_and_whoever_comes_gets_a_place(limit: int, threshold: int | None, turns: list[int]) -> None:
    held = shelves(limit, threshold, "", "red", "red", "blue")
    for turn in turns:
        held[turn].keep()
        assert sum(counts(held)) <= limit
        assert held[turn].count


def test_the_profiles_of_a_configuration_share_rooms(pki: LoopbackPki) -> None:
    store = PkiStore.load(pki.directory / "pki")
    engine = engines_of(load(CONFIGURATION, "t"), store, "")["fp"]
    assert engine.sessions is not None
    assert (engine.certificate_cache.limit, engine.sessions.limit) == (SITES, POOL * SERVERS)
    switched_off = load(f"{CONFIGURATION} services {{ ssl {{ proxy {{ global-config {{ disable-cert-cache; }} }} }} }}", "t")
    assert engines_of(switched_off, store, "")["fp"].certificate_cache.limit == 0
