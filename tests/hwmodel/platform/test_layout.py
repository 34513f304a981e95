"""Cards in slots: by name, by words of a command line, by a file's table."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hwmodel.platform import Card, PlatformError, Role, SessionIds, load_platform


@settings(deadline=None)
@given(st.integers(0, 6), st.integers(0, 4))
def test_a_layout_is_its_cards(spc3: int, spc2: int) -> None:
    if spc3 + spc2:
        platform = load_platform(f"srx5800:spc3={spc3},spc2={spc2},ioc4=1")
        assert len(platform.spus) == 2 * spc3 + 4 * spc2
        assert [spu.name for spu in platform.spus if spu.role is not Role.FLOW] == ["FPC0.PIC0"]
        assert platform.spus[0].role is (Role.COMBO if spc3 else Role.CENTRAL_POINT)
        assert platform.session_ids is (SessionIds.UPPER_32 if spc3 else SessionIds.DECIMAL)
        assert (platform.network_processors, platform.express_path) == (2, True)


def test_more_cards_carry_more_sessions() -> None:
    sizes = [load_platform(f"srx5600:spc3={cards},ioc4=1").max_sessions for cards in range(1, 6)]
    assert sizes == sorted(set(sizes))


def test_the_inventory_names_cards_and_pics() -> None:
    platform = load_platform("srx5400:spc3=1,spc2=1,ioc2=1")
    assert platform.cards == (
        Card(0, "spc3", "SPC3", "SRX5K-SPC3", ("SPU Cp-Flow", "SPU Flow")),
        Card(1, "spc2", "SRX5k SPC II", "SRX5K-SPC-4-15-320", ("SPU Flow",) * 4),
        Card(2, "ioc2", "SRX5k IOC II", "SRX5K-MPC", ("MIC",)),
    )
    assert not platform.express_path  # for one I/O card cannot
    assert "spc2.spu.threads" in platform.assumed


@pytest.mark.parametrize(("name", "said"), [
    ("srx5800:spc9=1,ioc4=1", "'spc9=1' is no layout; expected card=number with cards ioc2, ioc3, ioc4, spc2, spc3"),
    ("srx5800:spc3", "'spc3' is no layout"),
    ("srx5400:spc3=3,ioc4=1", "4 cards are more than its 3 slots"),
    ("srx5400:spc3=2", "expected a services card that takes sessions, and an I/O card"),
    ("srx1600:spc3=1", "srx1600 has no choice of cards"),
    ("srx9999:spc3=1", "unknown platform; available: generic"),
])
def test_a_mistake_in_a_name_is_one_line(name: str, said: str) -> None:
    with pytest.raises(PlatformError) as caught:
        load_platform(name)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(("cards", "said"), [
    ('0 = "spc4"', "cards.0: unknown card 'spc4'; available: ioc2"),
    ('3 = "spc3"', "cards.3: expected a slot from 0 to 2"),
    ('0-1 = "spc3"\n1 = "ioc4"', "cards.1: two cards in one slot"),
    ("", "expected a services card"),
])
def test_a_mistake_in_a_table_is_one_line(tmp_path: Path, cards: str, said: str) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(f'description = "mine"\nchassis = "srx5400"\n[cards]\n{cards}\n')
    with pytest.raises(PlatformError) as caught:
        load_platform(str(path))
    assert said in str(caught.value)


def test_a_table_of_our_own(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text('description = "mine"\nchassis = "srx5400"\n[cards]\n1 = "spc3"\n2 = "ioc4"\n')
    platform = load_platform(str(path))
    assert (platform.description, [spu.name for spu in platform.spus]) == ("mine", ["FPC1.PIC0", "FPC1.PIC1"])


def test_published_figures_are_those_of_the_layout_that_ships() -> None:
    assert load_platform("srx5800").published["sessions"].value == 338_000_000
    assert load_platform("srx5800-11spc3").published == load_platform("srx5800:spc3=11,ioc4=1").published
    assert load_platform("srx5800:spc3=4,ioc4=1").published == {}
