from pathlib import Path

import pytest

from hwmodel.document import ModelError, Section, read_toml


def section(data: dict[str, object]) -> Section:
    return Section("file.toml", data, ModelError)


def test_an_error_names_file_key_and_what_was_expected() -> None:
    inner = section({"costs": {"packet_us": "fast"}}).section("costs")
    with pytest.raises(ModelError) as raised:
        inner.number("packet_us")
    assert str(raised.value) == "file.toml: costs.packet_us: expected a number"


@pytest.mark.parametrize("value", [True, "1", None, float("nan"), float("inf"), [1], -1, 11])
def test_numbers_are_finite_and_in_range(value: object) -> None:
    with pytest.raises(ModelError, match=r"^file\.toml: n: "):
        section({"n": value}).number("n", 0, 10)


def test_a_whole_number_has_no_fraction() -> None:
    assert section({"n": 3}).whole("n") == 3
    with pytest.raises(ModelError, match="expected a whole number"):
        section({"n": 3.5}).whole("n")


def test_a_missing_text_and_a_missing_table_are_told() -> None:
    with pytest.raises(ModelError, match="description: expected a text"):
        section({}).text("description")
    with pytest.raises(ModelError, match="costs: expected a table"):
        section({"costs": 1}).section("costs")
    with pytest.raises(ModelError, match="spu: expected one or more tables"):
        section({"spu": []}).sections("spu")


def test_entries_of_an_array_are_numbered() -> None:
    [_, second] = section({"spu": [{}, {"at": 1}]}).sections("spu")
    assert second.place("at") == "spu[1].at"


def test_an_unknown_key_gets_the_nearest_known_one() -> None:
    with pytest.raises(ModelError, match=r"wing: unknown key; did you mean wings\?"):
        section({"wing": 1}).only(("wings", "count"))
    with pytest.raises(ModelError, match="expected one of count, wings"):
        section({"zzz": 1}).only(("wings", "count"))


def test_a_file_that_is_missing_or_no_toml(tmp_path: Path) -> None:
    broken = tmp_path / "broken.toml"
    broken.write_text("a = = 1\n", encoding="utf-8")
    binary = tmp_path / "binary.toml"
    binary.write_bytes(b"\xff\xfe")
    with pytest.raises(ModelError, match=r"broken\.toml: not a TOML file: .*line 1"):
        read_toml(broken, ModelError)
    with pytest.raises(ModelError, match=r"binary\.toml: not a TOML file"):
        read_toml(binary, ModelError)
    with pytest.raises(ModelError, match=r"absent\.toml: No such file"):
        read_toml(tmp_path / "absent.toml", ModelError)
    with pytest.raises(ModelError, match="Is a directory"):
        read_toml(tmp_path, ModelError)


def test_a_mistake_in_a_file_names_its_line(tmp_path: Path) -> None:
    path = tmp_path / "load.toml"
    path.write_text("# load\n[costs]\npacket_us = -1\n", encoding="utf-8")
    with pytest.raises(ModelError, match=r"load\.toml:3: costs\.packet_us: -1 is out of range"):
        read_toml(path, ModelError).section("costs").number("packet_us")


def test_a_word_within_known_ones_is_meant_for_them() -> None:
    with pytest.raises(ModelError, match=r"rate: unknown key; did you mean arrival_rate or final_rate\?"):
        section({"rate": 1}).only(("states", "final_rate", "arrival_rate"))
