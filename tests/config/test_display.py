from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nf.config import ConfigError, Configuration, load, show
from nf.config.display import Form, display, quoted
from nf.config.errors import Findings
from nf.config.junos import read
from tests.config.outline import outline
from tests.config.statements import dice, every_word, set_words
from tests.config.texts import Line, configurations, curly_form

GOLDEN = Path(__file__).parents[1] / "golden" / "junos"
FORMS: tuple[Form, ...] = ("set", "curly")
_SEEDS = st.integers(0, 2**32)
_ANYWHERE = ("apply-groups g", "apply-groups-except [ g h ]", 'apply-macro "my notes" { "a b" "c;d"; }',
             "apply-macro srxnf-like { fail-mode open; }")


def meaning(text: str) -> Configuration | list[tuple[str, str]]:
    """What a text means, or its mistakes without their lines."""
    try:
        return load(text, "t")
    except ConfigError as error:
        return sorted((each.word, each.message.partition(" (it is")[0]) for each in (error, *error.others))


def sprinkled(lines: tuple[Line, ...], random: Random) -> tuple[Line, ...]:
    """The same lines, some of them inactive, some with groups and macros in their block."""
    changed = []
    for line in lines:
        inner = sprinkled(line.inner, random)
        if inner and not line.words.startswith("apply-macro") and random.random() < 0.2:
            inner = (*inner, Line(random.choice(_ANYWHERE)))
        idle = "inactive: " if random.random() < 0.08 else ""
        words = line.words.replace(" ]", " inactive: spare ]") if random.random() < 0.3 else line.words
        changed.append(Line(idle + words, inner))
    return tuple(changed)


def text_of(lines: tuple[Line, ...]) -> str:
    return "\n".join(curly_form(lines)).replace("};", "}")


@given(configurations(), configurations(), _SEEDS)
@settings(max_examples=15, deadline=None)
def test_both_forms_of_any_configuration_read_as_the_same_objects(
        lines: tuple[Line, ...], group: tuple[Line, ...], seed: int) -> None:
    random = dice(seed)
    groups = Line("groups", (Line("g", sprinkled(group, random)), Line("h", group[:1])))
    inner = Line("logical-systems l", sprinkled(lines, random))
    text = text_of((groups, *sprinkled(lines, random), inner, Line("apply-groups h")))
    root = read(text, Findings("t"))
    for form in FORMS:
        shown = show(text, "t", form)
        assert outline(read(shown, Findings("t"))) == outline(root)
        assert meaning(shown) == meaning(text)


@given(configurations(), _SEEDS)
@settings(max_examples=20, deadline=None)
def test_what_is_expanded_means_the_same(lines: tuple[Line, ...], seed: int) -> None:
    text = text_of((Line("groups", (Line("g", sprinkled(lines[1:], dice(seed))),)), lines[0], Line("apply-groups g")))
    text = text.replace("apply-groups-except [ g h ]", "apply-groups-except g")
    for form in FORMS:
        shown = show(text, "t", form, expanded=True)
        assert "groups" not in shown
        assert meaning(shown) == meaning(text)


@given(st.lists(st.integers(0, 10**6), min_size=2, max_size=25), _SEEDS)
@settings(max_examples=40, deadline=None)
def test_statements_of_the_grammar_keep_together(picks: list[int], seed: int) -> None:
    words, random = every_word(), dice(seed)
    text = "".join(f"set {' '.join(set_words(words[pick % len(words)], random))}\n" for pick in picks)
    root = read(text, Findings("t"))
    for form in FORMS:
        assert outline(read(display(root, form), Findings("t"))) == outline(root)


@given(st.text())
def test_any_word_survives_its_quotes(text: str) -> None:
    root = read(f"set system host-name {quoted(text)}", Findings("t"))
    assert root.value("system", "host-name") == text


@pytest.mark.parametrize("name", ["forward.set", "forward.conf", "reverse.set", "edge.conf"])
def test_shown_text_is_shown_as_itself(name: str) -> None:
    text = (GOLDEN / name).read_text(encoding="utf-8")
    for form in FORMS:
        once = show(text, name, form)
        assert show(once, name, form) == once
        assert load(once, name).digest == load(text, name).digest


def test_the_set_form() -> None:
    text = """security {
    address-book global { inactive: address web { 10.0.0.80/32; } }
    zones { security-zone t { interfaces {
        inactive: ge-0/0/0.0;
        ge-0/0/1.0 { host-inbound-traffic { system-services { all; } } }
    } } }
    policies { from-zone t to-zone u { policy p { match { application [ any inactive: junos-http ]; } } } }
}
protocols { ospf { area 0 { interface [ a b ]; } } }
system { login { message "say \\"hi\\" {"; } }"""
    assert show(text, "t", "set") == """set security address-book global address web 10.0.0.80/32
deactivate security address-book global address web
set security zones security-zone t interfaces ge-0/0/0.0
deactivate security zones security-zone t interfaces ge-0/0/0.0
set security zones security-zone t interfaces ge-0/0/1.0 host-inbound-traffic system-services all
set security policies from-zone t to-zone u policy p match application any
set security policies from-zone t to-zone u policy p match application junos-http
deactivate security policies from-zone t to-zone u policy p match application junos-http
set protocols ospf area 0 interface a
set protocols ospf area 0 interface b
set system login message "say \\"hi\\" {"
"""


def test_the_curly_form() -> None:
    text = """set security address-book global address web 10.0.0.80/32
set security policies from-zone t to-zone u policy p match application [ any junos-http ]
deactivate security policies from-zone t to-zone u policy p match application junos-http
set system time-zone UTC
deactivate system time-zone"""
    assert show(text, "t", "curly") == """security {
    address-book global {
        address web {
            10.0.0.80/32;
        }
    }
    policies {
        from-zone t to-zone u {
            policy p {
                match {
                    application [ any inactive: junos-http ];
                }
            }
        }
    }
}
system {
    inactive: time-zone UTC;
}
"""
