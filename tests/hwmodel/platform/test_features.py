"""What translation and screens add, in the documented order."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hwmodel.platform import PLATFORMS, Kind, PlatformError, load_platform
from hwmodel.platform.features import Nat, Screen, nat_packets, with_features

NATS = st.frozensets(st.sampled_from(Nat))


def test_a_static_match_leaves_the_later_look_up_out() -> None:
    assert nat_packets(set(Nat)) == 8
    assert nat_packets(set(Nat), {Nat.STATIC}) == 6
    assert nat_packets(set(Nat), {Nat.SOURCE}) == 12
    assert nat_packets(set(Nat), {Nat.REVERSE_STATIC, Nat.SOURCE}) == 6


@settings(deadline=None)
@given(NATS, NATS, st.frozensets(st.sampled_from(Screen)))
def test_features_never_make_it_cheaper(rules: frozenset[Nat], hits: frozenset[Nat], screens: frozenset[Screen]) -> None:
    plain = load_platform("vsrx-2cpu")
    dearer = with_features(plain, rules=rules, hits=hits & rules, screens=screens)
    assert dearer.costs.session_us >= plain.costs.session_us
    assert dearer.costs.packet_us == pytest.approx(plain.costs.packet_us * (1 + 0.05 * len(screens)))


def test_what_was_added_is_called_assumed() -> None:
    plain = load_platform("srx1600")
    dearer = with_features(plain, screens={Screen.SYN_FLOOD})
    assert dearer.figures["costs.packet_us"].kind is Kind.ASSUMED
    assert dearer.figures["costs.session_us"] == plain.figures["costs.session_us"]
    assert with_features(plain) == plain


def test_translation_parts_the_wings_of_a_session_where_there_are_several_spus() -> None:
    """Seven equal SPUs: six of seven ways back are another one's to match."""
    plain = load_platform("srx5400-2spc2")
    dearer, classic = (with_features(plain, rules={Nat.SOURCE}, hits={Nat.SOURCE}, classic=old) for old in (False, True))
    assert dearer.costs.session_us - classic.costs.session_us == pytest.approx(1.17 * 6 / 7)
    assert "86%" in dearer.figures["costs.session_us"].source
    assert with_features(plain, rules={Nat.SOURCE}).costs.session_us < classic.costs.session_us


def own(directory: Path, features: str) -> str:
    path = directory / "mine.toml"
    path.write_text(f"{(PLATFORMS / 'srx1600.toml').read_text()}\n[features]\n{features}\n")
    return str(path)


def test_a_platform_file_names_its_features(tmp_path: Path) -> None:
    read = load_platform(own(tmp_path, 'nat_rules = ["source"]\nnat_hits = ["source"]\nscreens = ["syn-flood", "port-scan"]'))
    assert read.costs.packet_us == pytest.approx(1.17 * 1.1)
    assert read.costs.session_us == pytest.approx(30 + 6 * 1.17)


@pytest.mark.parametrize(("features", "said"), [
    ('screens = ["syn-fload"]', "features.screens: expected a list of syn-flood, udp flood"),
    ("nat_rules = 3", "features.nat_rules: expected a list of static, destination"),
    ("nat = []", "features.nat: unknown key; expected one of nat_hits"),
])
def test_a_mistake_is_one_line(tmp_path: Path, features: str, said: str) -> None:
    with pytest.raises(PlatformError) as caught:
        load_platform(own(tmp_path, features))
    assert said in str(caught.value)
