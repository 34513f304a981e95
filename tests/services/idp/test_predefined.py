"""The attacks that come with srxnf: each finds what it is for, and leaves ordinary traffic alone."""

import gzip

import pytest

from nf.services.idp import Detection
from nf.services.idp.predefined import groups, predefined
from tests.services.idp.ordinary import ORDINARY
from tests.services.idp.samples import SAMPLES
from tests.services.idp.traffic import (
    Stream,
    configured,
    detection,
    down,
    names,
    request,
    response,
    rule,
    session,
    show,
    up,
)

ALL = configured(rule(predefined()))
ELSEWHERE = {"WEB:SCANNER:LOGINS", "WEB:PROTOCOL:BOMB"}  # tested below


@pytest.fixture(scope="module")
def service() -> Detection:
    return detection(ALL)


def found(service: Detection, stream: Stream) -> list[str]:
    return names(show(session(service, ALL), stream))


def test_there_are_enough_and_every_one_has_samples() -> None:
    assert len(predefined()) >= 50
    assert SAMPLES.keys() | ELSEWHERE == predefined().keys()


@pytest.mark.parametrize("name", SAMPLES)
def test_what_it_is_for_is_found_and_what_looks_like_it_is_not(service: Detection, name: str) -> None:
    hits, misses = SAMPLES[name]
    assert [name in found(service, stream) for stream in hits] == [True] * len(hits)
    assert [name in found(service, stream) for stream in misses] == [False] * len(misses)


@pytest.mark.parametrize("stream", ORDINARY)
def test_ordinary_traffic_is_left_alone(service: Detection, stream: Stream) -> None:
    assert found(service, stream) == []


def test_many_refused_log_ins_are_told_once(service: Detection) -> None:
    one = [*up(request("/login")), *down(response(b"no", "401 Unauthorized"))]
    assert found(service, one * 19) == []
    assert found(service, one * 2) == ["WEB:SCANNER:LOGINS"]


def test_a_bomb_is_found(service: Detection) -> None:
    bomb = gzip.compress(b"\0" * (16 << 20))
    assert "WEB:PROTOCOL:BOMB" in found(service, [*up(request("/")), *down(response(bomb, content_encoding="gzip"))])


def test_groups_are_beginnings_of_names_and_severities() -> None:
    assert groups()["WEB"] == predefined().keys()
    assert groups()["WEB:SQL"] > groups()["WEB:SQL - Critical"] == {"WEB:SQL:STACKED", "WEB:SQL:FILE", "WEB:SQL:PROCEDURE"}
