"""Costs of platform files: own figures, kinds, and tables to start from."""

from pathlib import Path

import pytest

from hwmodel.platform import PLATFORMS, Figure, Kind, Platform, PlatformError, load_platform

TOTALS = ("packet_us", "session_us", "full_handshake_us", "resumed_handshake_us", "byte_ns", "decrypted_byte_ns",
          "inspected_byte_ns")
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
    assert (read.figures["costs.service.idp"].source, read.figures["costs.service.idp"].unit) == ("here", "ns")
    assert read.figures["costs.handshake.tls1.3-p-256"].unit == "us"


def starting_from(directory: Path, table: str, addition: str) -> Platform:
    """A vSRX whose costs start from a table of our own."""
    (directory / "measured.toml").write_text(table)
    path = Path(platform(directory, addition))
    path.write_text(path.read_text().replace('"x86-thread"', '"measured.toml"'))
    return load_platform(str(path))


def test_a_table_of_our_own_comes_with_its_provenance(tmp_path: Path) -> None:
    table = "".join(f"{name} = {FIGURE}\n" for name in TOTALS) + f"[record]\naes-128-gcm = {FIGURE}\n"
    read = starting_from(tmp_path, table, f"session_us = {FIGURE.replace('7.0', '9.0')}\n")
    assert read.costs.kinds == {"record:aes-128-gcm": 7.0}
    assert (read.costs.packet_us, read.costs.session_us) == (7.0, 9.0)
    assert read.figures["costs.packet_us"] == Figure(7.0, "here", Kind.MEASURED, "us")


def test_a_scale_multiplies_what_is_taken_over_and_makes_it_assumed(tmp_path: Path) -> None:
    table = "".join(f"{name} = {FIGURE}\n" for name in TOTALS) + f"[service]\nidp = {FIGURE}\n"
    read = starting_from(tmp_path, table, f"scale = {FIGURE.replace('7.0', '2')}\npacket_us = {FIGURE}\n")
    assert (read.costs.packet_us, read.costs.session_us, read.costs.kinds["service:idp"]) == (7.0, 14.0, 14.0)
    assert read.figures["costs.session_us"] == Figure(14.0, "here; times 2", Kind.ASSUMED, "us")


def test_what_neither_says_is_missed(tmp_path: Path) -> None:
    with pytest.raises(PlatformError, match=r"costs\.session_us: expected \{ value"):
        starting_from(tmp_path, f"packet_us = {FIGURE}\n", "")


@pytest.mark.parametrize(("addition", "said"), [
    (f"[costs.handshake]\n\"tls1.3-p-257\" = {FIGURE}\n", "did you mean tls1.3-p-256?"),
    ("[costs.record]\naes-128-gcm = 3\n", "costs.record.aes-128-gcm: expected { value"),
    ("scale = 2\n", "costs.scale: expected { value"),
])
def test_a_mistake_is_one_line(tmp_path: Path, addition: str, said: str) -> None:
    with pytest.raises(PlatformError) as caught:
        load_platform(platform(tmp_path, addition))
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)
