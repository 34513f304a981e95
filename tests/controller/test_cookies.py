from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nf.controller import cookies
from nf.controller.intents import Intent, Purpose
from nf.controller.steering import decide
from tests.controller.networks import ONE, PROXIED, configuration, policy

GENERATIONS = st.integers(0, (1 << 24) - 1)
CONFIG = configuration([policy("web", services=PROXIED), replace(policy("all"), from_zones=(), to_zones=())])


def intent(purpose: Purpose = Purpose.DIVERT, number: int = 1) -> Intent:
    return Intent(1, 2, 3, (), (), purpose, number)


@given(GENERATIONS, GENERATIONS, st.sampled_from(Purpose), st.integers(0, cookies.MAX_POLICIES))
def test_stale_covers_every_other_generation_and_never_this_one(current, other, purpose, number):
    written = cookies.cookie(intent(purpose, number), other)
    assert any(written & mask == value for value, mask in cookies.stale(current)) is (other != current)


@given(GENERATIONS, st.integers(0, (1 << 48) - 1))
def test_nothing_of_another_controller_is_ever_stale(current, rest):
    foreign = 0x5259 << 48 | rest
    assert not any(foreign & mask == value for value, mask in cookies.stale(current))
    assert cookies.purpose_of(foreign) is None
    assert cookies.describe(foreign, CONFIG) == "not an entry of this controller"


@given(GENERATIONS, st.sampled_from(Purpose), st.integers(0, cookies.MAX_POLICIES))
def test_a_cookie_tells_its_purpose_whatever_its_generation(current, purpose, number):
    written = cookies.cookie(intent(purpose, number), current)
    assert written < 1 << 64
    assert written & cookies.MARK_MASK == cookies.MARK
    assert cookies.purpose_of(written) is purpose


def test_purposes_have_numbers_of_their_own():
    assert len({purpose.number for purpose in Purpose}) == len(Purpose)


@pytest.mark.parametrize(("purpose", "number", "words"), [
    (Purpose.DIVERT, 1, "policy trust->untrust web: diverted to the NF"),
    (Purpose.PERMIT, 2, "policy any->any all: permitted, opens a connection"),
    (Purpose.DENY, 0, "default policy: denied"),
    (Purpose.LEG, 0, "to the NF's leg of the interface that it came in by"),
    (Purpose.DENY, 3, "policy 3 of another configuration: denied")])
def test_a_cookie_in_words(purpose, number, words):
    assert cookies.describe(cookies.cookie(intent(purpose, number), 5), CONFIG) == words


def test_the_generation_is_of_the_entries_and_not_of_their_order():
    wanted = decide(CONFIG, ONE)
    assert cookies.generation(wanted) == cookies.generation(reversed(wanted))
    others = [cookies.generation(wanted[1:]), cookies.generation(decide(configuration([policy("web")]), ONE)),
              cookies.generation([replace(wanted[0], priority=1), *wanted[1:]])]
    assert len({cookies.generation(wanted), *others}) == 4
