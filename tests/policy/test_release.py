import pytest

from nf.policy.release import NEWEST, Release


@pytest.mark.parametrize(("text", "release"), [
    ("24.4", Release(24, 4)), ("15.1X49-D80", Release(15, 1)), ("21.2R3-S1.7", Release(21, 2)),
    ("12.1X44-D10", Release(12, 1))])
def test_a_release_as_junos_writes_it(text: str, release: Release) -> None:
    assert Release.parse(text) == release


@pytest.mark.parametrize("text", ["", "24", "24.5", "24.4.1", "junos", "25.2", "11.4", "24.4R", "٢٤.4", "24.4R1 \n"])
def test_what_is_no_release_is_said_in_one_line(text: str) -> None:
    with pytest.raises(ValueError, match=r"expected a Junos release from 12\.1 to 24\.4"):
        Release.parse(text)


@pytest.mark.parametrize(("text", "tls13", "renegotiates", "system_profiles"), [
    ("15.1", False, False, False), ("17.4R1", False, True, False), ("19.1R1", False, True, True),
    ("21.1R3", False, True, True), ("21.2R1", True, True, True)])
def test_what_a_release_has(text: str, tls13: bool, renegotiates: bool, system_profiles: bool) -> None:
    release = Release.parse(text)
    assert (release.tls13, release.renegotiates, release.system_profiles) == (tls13, renegotiates, system_profiles)


def test_its_name_is_short() -> None:
    assert str(Release.parse("15.1X49-D80")) == "15.1"
    assert str(NEWEST) == "24.4"
