"""The application system cache: bounded, told by bulletins, forgotten in time."""

import pytest

from nf.policy.appid import ApplicationIdentification
from nf.policy.systems import LogicalSystem, Systems
from nf.services import Bulletin
from nf.services.application_identification import Identification, cache
from nf.services.application_identification.cache import SystemCache
from tests.services.application_identification.test_identifier import C2S, GET
from tests.services.attachments import attachment, piece

SERVER = "root-logical-system 203.0.113.5 443"


def prepared(**options: object) -> Identification:
    facts = ApplicationIdentification(**options)
    return Identification.prepare(Systems((LogicalSystem(services={"application_identification": facts}),)))


def learnt(identification: Identification) -> Bulletin:
    one = identification.identify(attachment(), decides=False, follows=False)
    bulletin, = one.inspect(piece(C2S, GET % b"www.youtube.com")).bulletins
    return bulletin


def test_what_was_found_is_announced_once_and_known_to_who_hears_it() -> None:
    identification = prepared()
    bulletin = learnt(identification)
    assert (bulletin.key, bulletin.value) == (SERVER, "junos:HTTP junos:YOUTUBE Yes")
    identification.hear(bulletin, 5.0)
    one = identification.identify(attachment(), decides=False, follows=False)
    known = one.open(6.0).known
    assert known is not None
    assert ("junos:YOUTUBE" in known.applications, known.final) == (True, False)
    assert one.inspect(piece(C2S, GET % b"www.youtube.com")).bulletins == ()
    assert identification.report("counter", {})["hits"] == 1


def test_policies_go_by_it_where_they_are_told_to() -> None:
    for security in (False, True):
        identification = prepared(cache_for_security=security)
        identification.hear(learnt(identification), 0.0)
        known = identification.identify(attachment(), decides=True, follows=False).open(1.0).known
        assert (known is not None and known.final) is security


def test_it_forgets_in_time_and_by_order_and_is_off_where_it_is_off() -> None:
    identification = prepared(cache_timeout=10)
    identification.hear(learnt(identification), 0.0)
    assert identification.identify(attachment(), decides=False, follows=False).open(10.0).known is None
    assert identification.report("clear cache", {}) == {"cleared": 1}
    one = prepared(caches=False).identify(attachment(), decides=False, follows=False)
    assert one.inspect(piece(C2S, GET % b"www.youtube.com")).bulletins == ()


def test_it_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "MOST", 3)
    known = SystemCache()
    for port in range(9):
        known.learn(f"root 192.0.2.1 {port}", "junos:HTTP - No", 60.0)
    assert [row["port"] for row in known.rows()] == [6, 7, 8]
