"""Costs of platform files: kinds, and files included."""

from pathlib import Path

import pytest

from hwmodel.platform import PLATFORMS, PlatformError, load_platform

FIGURE = '{ value = 7.0, kind = "measured", source = "here" }'


def platform(directory: Path, addition: str) -> str:
    """A platform file of our own with that at the end, where its costs stand."""
    path = directory / "mine.toml"
    path.write_text((PLATFORMS / "vsrx-2cpu.toml").read_text() + addition)
    return str(path)


def test_prices_of_kinds_with_their_provenance(tmp_path: Path) -> None:
    read = load_platform(platform(
        tmp_path, f"[costs.handshake]\n\"tls1.3-p-256\" = {FIGURE}\n[costs.service]\nidp = {FIGURE}\n"))
    assert read.costs.kinds == {"handshake:tls1.3-p-256": 7.0, "service:idp": 7.0}
    assert read.figures["costs.service.idp"].source == "here"


def test_what_is_included_is_read_and_the_own_figures_count_more(tmp_path: Path) -> None:
    (tmp_path / "measured.toml").write_text(
        f"[costs]\npacket_us = {FIGURE}\n[costs.record]\naes-128-gcm = {FIGURE}\n")
    read = load_platform(platform(tmp_path, 'include = "measured.toml"\n'))
    assert read.costs.kinds == {"record:aes-128-gcm": 7.0}
    assert read.costs.packet_us == load_platform("vsrx-2cpu").costs.packet_us


@pytest.mark.parametrize(("addition", "said"), [
    (f"[costs.handshake]\n\"tls1.3-p-257\" = {FIGURE}\n", "did you mean tls1.3-p-256?"),
    ("[costs.record]\naes-128-gcm = 3\n", "costs.record.aes-128-gcm: expected { value"),
    ('include = "absent.toml"\n', "absent.toml: No such file or directory"),
])
def test_a_mistake_is_one_line(tmp_path: Path, addition: str, said: str) -> None:
    with pytest.raises(PlatformError) as caught:
        load_platform(platform(tmp_path, addition))
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)
