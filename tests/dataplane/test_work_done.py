"""What reports of sessions are in the words of the hardware model."""

from hypothesis import given
from hypothesis import strategies as st

from hwmodel import Work
from hwmodel.work import CIPHERS, HANDSHAKES
from nf.dataplane.messages import FULL, RESUMED, Closed
from nf.dataplane.work_done import work_of

SOME = st.integers(0, 2**40)
ENDED = st.builds(
    Closed, st.just(7), st.just("decrypted"), st.just(""), SOME, SOME, SOME, st.sampled_from([0, FULL, RESUMED]),
    st.just(FULL), st.integers(0, len(HANDSHAKES) - 1), st.integers(0, len(CIPHERS)), SOME,
    st.dictionaries(st.sampled_from(["idp", "utm"]), SOME))


@given(st.lists(ENDED))
def test_sessions_together_are_the_work_that_each_was(ended: list[Closed]) -> None:
    assert work_of(ended) == sum((work_of([one]) for one in ended), Work())


def test_a_session_and_its_kinds() -> None:
    resumed = HANDSHAKES.index("tls1.3-resumed")
    closed = Closed(7, "decrypted", "", 9, 900, 800, RESUMED, FULL, resumed, 1, 4, {"idp": 0, "utm": 5})
    kinds = {"handshake:tls1.3-resumed": 1, "message:decrypted": 4, "record:aes-128-gcm": 800, "service:utm": 5}
    assert work_of([closed]) == Work(9, 900, 1, 0, 1, 800, 5, 4, kinds)
