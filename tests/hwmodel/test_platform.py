import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from hwmodel.platform import PLATFORMS, Kind, Platform, PlatformError, Role, SessionIds, available, load_platform


def leaves(value: object, path: str = "") -> Iterator[tuple[str, object]]:
    """Every value of a TOML document that is neither a table nor a list."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from leaves(inner, f"{path}.{key}" if path else key)
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from leaves(inner, f"{path}[{index}]")
    else:
        yield path, value


@pytest.fixture(params=available())
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_the_promised_platforms_are_there() -> None:
    assert {"vsrx-2cpu", "srx1600", "srx5400-2spc2"} <= set(available())


def test_every_number_has_a_source_and_a_kind(name: str) -> None:
    document = tomllib.loads((PLATFORMS / f"{name}.toml").read_text(encoding="utf-8"))
    numbers = [path for path, value in leaves(document) if isinstance(value, int | float)]
    figures = load_platform(name).figures
    assert len(numbers) > 10
    for path in numbers:
        figure = figures[path.removesuffix(".value")]
        assert path.endswith(".value")
        assert len(figure.source) > 10
        assert figure.kind in Kind


def test_a_platform_is_complete(name: str) -> None:
    platform = load_platform(name)
    assert platform.name == name
    assert platform.max_sessions == sum(spu.max_sessions for spu in platform.spus) > 0
    assert platform.wings_per_np * platform.network_processors >= 2 * platform.max_sessions
    assert [spu.number for spu in platform.spus] == sorted({spu.number for spu in platform.spus})


def test_two_spc2_give_one_dedicated_central_point_and_seven_flow_spus() -> None:
    platform = load_platform("srx5400-2spc2")
    first, *others = platform.spus
    assert (first.name, first.role, first.max_sessions) == ("FPC0.PIC0", Role.CENTRAL_POINT, 0)
    assert len(others) == 7
    assert all(spu.role is Role.FLOW for spu in others)
    assert (others[-1].name, others[-1].number) == ("FPC1.PIC3", 7)
    assert platform.session_ids is SessionIds.DECIMAL


def load_figures(platform: Platform, sessions: float, packets: float) -> float:
    """Share of all threads that so many sessions and packets a second keep busy."""
    busy = sessions * platform.costs.session_us + packets * platform.costs.packet_us
    return busy / 1e6 / sum(spu.threads for spu in platform.spus)


def test_srx1600_costs_give_back_the_measured_loads() -> None:
    platform = load_platform("srx1600")
    assert 0.48 <= load_figures(platform, 25_000, 1.08e6) <= 0.55  # 25 k transactions/s, 1.08 Mpps: 48 to 55 %
    assert load_figures(platform, 0, 3.43e6) == pytest.approx(1.0, abs=0.02)  # 3.43 Mpps: all threads at 99 %
    assert load_figures(platform, 95_000, 95_000 * 10) == pytest.approx(
        1.0, abs=0.02
    )  # data sheet CPS, 10 packets each
    assert (
        22 <= platform.costs.session_us / platform.costs.packet_us <= 32
    )  # a session costs as much as so many packets


def test_srx1600_inspection_cost_gives_back_the_ips_figure() -> None:
    costs = load_platform("srx1600").costs
    imix_byte_ns = 4 * 8 / 12  # 4 threads carry 12 Gbit/s
    assert 4 * 8 / (imix_byte_ns + costs.inspected_byte_ns) == pytest.approx(4.5, rel=0.01)


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
    with pytest.raises(PlatformError, match=rf"mine\.toml: {complaint}|mine\.toml: .*{complaint}"):
        load_platform(str(own))


def test_decimal_identifiers_leave_no_room_for_ten_million_sessions(tmp_path: Path) -> None:
    text = (PLATFORMS / "srx1600.toml").read_text(encoding="utf-8")
    own = tmp_path / "mine.toml"
    own.write_text(text.replace("upper-32", "decimal").replace("2_097_152", "10_000_000"), "utf-8")
    with pytest.raises(PlatformError, match="decimal identifiers number fewer than 10000000 sessions"):
        load_platform(str(own))
