import pytest

from nf.config.effects import ASKED_FOR, EFFECTIVE, leads_to_effect, without_effect
from nf.config.grammar import junos_grammar
from nf.config.schema import EVERYWHERE, OLDER
from nf.policy.systems import Systems
from nf.services import engage


def test_every_effective_path_is_one_that_junos_knows() -> None:
    for path in EFFECTIVE - set(EVERYWHERE) - {word.path for word in OLDER.values()}:
        parent, _, name = path.removesuffix(" .").rpartition(" ")
        assert name in junos_grammar().children(parent), path


@pytest.mark.parametrize(("path", "kind"), [
    ("security screen ids-option icmp ping-death", "security screen ids-option icmp"),
    ("security screen ids-option limit-session source-ip-based", None), ("security flow aging high-watermark", None),
    ("security flow tcp-session no-syn-check", "security flow tcp-session no-syn-check"),
    ("services icap-redirect traceoptions flag", "services icap-redirect traceoptions"),
    ("security policies policy policy then reject", None), ("security policies policy policy then deny application-services",
                                                            "security policies policy policy then deny application-services"),
    ("system host-name", None), ("apply-groups", None), ("apply-macro data", None)])
def test_kinds_without_effect(path: str, kind: str | None) -> None:
    assert without_effect(path) == kind


def test_places_that_are_taken_strictly() -> None:
    assert leads_to_effect("services ssl proxy")
    assert leads_to_effect("security policies policy policy then permit application-services ssl-proxy")
    assert not leads_to_effect("security nat source")


def test_what_policies_may_ask_for_is_what_services_answer_to() -> None:
    assert set(ASKED_FOR) == {word for service in engage(Systems()) for word in service.asked_by} - {"card_numbers"}


@pytest.mark.parametrize("asked", ["casb-policy", "anti-virus-policy", "captive-portal", "application-traffic-control"])
def test_services_that_are_not_there_earn_a_remark(asked: str) -> None:
    path = f"security policies policy policy then permit application-services {asked}"
    assert without_effect(path) == path
