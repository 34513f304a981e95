from pathlib import Path

import pytest

from hwmodel.platform import PLATFORMS, PlatformError, load_platform


def test_an_unknown_platform_lists_those_there_are() -> None:
    with pytest.raises(PlatformError, match=r"^srx9000: unknown platform; available: .*srx1600"):
        load_platform("srx9000")


def test_a_file_of_the_users_own(tmp_path: Path) -> None:
    own = tmp_path / "mine.toml"
    own.write_text(
        (PLATFORMS / "srx1600.toml").read_text(encoding="utf-8").replace("value = 4,", "value = 8,"), "utf-8"
    )
    platform = load_platform(str(own))
    assert platform.name == "mine"
    assert platform.spus[0].threads == 8


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        (
            "packet_us = { value = 1.17, kind",
            "packet_us = { value = -1, kind",
            r"costs\.packet_us\.value: -1 is out of range",
        ),
        (
            "packet_us = { value = 1.17, kind",
            "packet_ns = { value = 1.17, kind",
            r"costs\.packet_ns: unknown key; did you",
        ),
        ("count = { value = 1, ", "count = { ", r"network_processor\.count\.value: expected a number"),
        ("count = { value = 1, ", "count = 1 #", r"network_processor\.count: expected \{ value"),
        ("value = 4, kind", "value = 4.5, kind", r"spu\[0\]\.threads\.value: expected a whole number"),
        ('kind = "measured"', 'kind = "heard"', r"role\.kind: expected one of sheet, measured"),
        (
            'value = "SPU Flow"',
            'value = "SPU Glow"',
            r"spu\[0\]\.role\.value: 'SPU Glow' is unknown; expected one of SPU Cp",
        ),
        ('value = "SPU Flow"', 'value = "SPU Cp"', r"spu: expected an SPU with role SPU Flow"),
        ('["FPC0.PIC0"]', '["0/0"]', r"spu\[0\]\.at: expected a list of places"),
        ('["FPC0.PIC0"]', "[]", r"spu\[0\]\.at: expected a list of places"),
        ('["FPC0.PIC0"]', '["FPC0.PIC0", "FPC0.PIC0"]', r"spu: two SPUs in one place"),
        ("[sessions]", "[session]", r"session: unknown key; did you mean sessions\?"),
        ('value = "upper-32"', 'value = "decimal"', None),
        ("value = 2_097_152", "value = 20_971_520", None),
    ],
)
def test_a_malformed_file_is_told_by_file_and_key(tmp_path: Path, old: str, new: str, complaint: str | None) -> None:
    text = (PLATFORMS / "srx1600.toml").read_text(encoding="utf-8")
    assert old in text
    own = tmp_path / "mine.toml"
    own.write_text(text.replace(old, new, 1), "utf-8")
    if complaint is None:
        assert load_platform(str(own)).name == "mine"
        return
    with pytest.raises(PlatformError, match=rf"mine\.toml(:\d+)?: (.*)?{complaint}"):
        load_platform(str(own))


def test_decimal_identifiers_leave_no_room_for_ten_million_sessions(tmp_path: Path) -> None:
    text = (PLATFORMS / "srx1600.toml").read_text(encoding="utf-8")
    own = tmp_path / "mine.toml"
    own.write_text(text.replace("upper-32", "decimal").replace("2_097_152", "10_000_000"), "utf-8")
    with pytest.raises(PlatformError, match="decimal identifiers number fewer than 10000000 sessions"):
        load_platform(str(own))
