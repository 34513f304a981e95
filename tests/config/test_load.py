import contextlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nf.config import ConfigError, load
from tests.config.texts import Line, configurations, curly_form, set_form

GOLDEN = Path(__file__).parents[1] / "golden" / "junos"


def golden(name: str) -> str:
    return (GOLDEN / name).read_text(encoding="utf-8")


@given(configurations())
@settings(max_examples=60, deadline=None)
def test_set_and_curly_form_mean_the_same(lines: tuple[Line, ...]) -> None:
    by_lines = load("\n".join(set_form(lines)), "set")
    by_blocks = load("\n".join(curly_form(lines)), "curly")
    assert by_lines == by_blocks
    assert len(by_lines.digest) == 64


@given(configurations(), st.randoms(use_true_random=False))
@settings(max_examples=30, deadline=None)
def test_spacing_and_comments_mean_nothing(lines: tuple[Line, ...], random: object) -> None:
    text = "\n".join(curly_form(lines))
    dense = " /* x; } */ ".join(text.split())
    assert load(text, "a").digest == load(dense, "b").digest


VOCABULARY = """{ } ; [ ] # /* */ a 0 10.0.0.1 set deactivate inactive: security policies policy from-zone to-zone match
    then permit zones security-zone interfaces unit groups apply-macro protocols address-book global address
    address-set range-address to services ssl proxy profile actions log system host-name applications application
    term \" """
WORDS = st.sampled_from([*VOCABULARY.split(), "\n"])


@given(st.text() | st.lists(WORDS, max_size=25).map(" ".join))
@settings(max_examples=300, deadline=None)
def test_arbitrary_text_gives_a_configuration_or_a_config_error(text: str) -> None:
    try:
        load(text, "noise")
    except ConfigError as error:
        for each in (error, *error.others):
            assert 1 <= each.line <= text.count("\n") + 1
            assert str(each).startswith(f"noise:{each.line}: '{each.word}': ")
            assert each.message


@given(st.lists(WORDS, min_size=1, max_size=6).map(" ".join), st.integers(0, 18))
@settings(max_examples=150, deadline=None)
def test_a_broken_line_in_a_correct_text_raises_nothing_else(noise: str, at: int) -> None:
    lines = golden("forward.set").splitlines()
    lines.insert(at, noise)
    with contextlib.suppress(ConfigError):
        assert load("\n".join(lines), "noise").ssl_profiles["ssl-fp-profile"].root_ca


def test_both_golden_forms_of_the_forward_proxy_are_equal() -> None:
    by_lines, by_blocks = load(golden("forward.set"), "a"), load(golden("forward.conf"), "b")
    assert by_lines.digest == by_blocks.digest
    assert by_lines.policies == by_blocks.policies


def test_configuration_of_an_edge_firewall_is_accepted_with_remarks() -> None:
    configuration = load(golden("edge.conf"), "edge.conf")
    assert configuration.host_name == "vsrx1"
    kinds = {remark.statement: remark for remark in configuration.warnings}
    assert kinds["security screen ids-option tcp"].message == "no effect yet (6 statements)"
    assert kinds["interfaces mtu"].line == 6, "what a group gives is remarked where it stands in the group"
    assert "ge-0/0/7.0" not in configuration.zone_map.interfaces, "inactive"


def test_every_mistake_is_reported_at_once() -> None:
    text = golden("forward.set") + """set security policies global policy p matchh source-address any
set securty
set services ssl proxy profile q root-ca a
set services ssl proxy profile q preferred-ciphers mediun
"""
    with pytest.raises(ConfigError) as caught:
        load(text, "lab.conf")
    errors = (caught.value, *caught.value.others)
    assert [(error.word, error.suggestions[:1]) for error in errors] == [
        ("matchh", ("match",)), ("securty", ("security",)), ("mediun", ("medium",))]
    assert str(errors[1]) == "lab.conf:23: 'securty': no such statement at the top; did you mean 'security'?"


@pytest.mark.parametrize(("before", "after"), [
    ("10.0.0.80/32", "10.0.0.79/32"), ("session-init ", ""), ("web then permit", "web then deny"),
    ("lab-root", "lab-r2"),
    ("junos-https", "junos-http"), ("srx-lab", "srx-2"), ("log all", "log errors")])
def test_digest_changes_with_the_meaning(before: str, after: str) -> None:
    text = golden("forward.set")
    assert before in text
    assert load(text, "a").digest != load(text.replace(before, after), "a").digest


def test_digest_does_not_change_with_the_order_of_zones_and_profiles() -> None:
    text = golden("reverse.set")
    ordered = (" policies ", " term ", "application-set")
    backwards = [line for line in reversed(text.splitlines()) if not any(word in line for word in ordered)]
    policies = [line for line in text.splitlines() if line not in backwards]
    assert load("\n".join(backwards + policies), "a").digest == load(text, "b").digest
