import pytest
from hypothesis import given
from hypothesis import strategies as st

from nf.protocols.clamd import Verdict, chunk, read


@given(st.binary(max_size=100))
def test_a_chunk_says_its_length(data: bytes) -> None:
    sent = chunk(data)
    assert sent == (len(data).to_bytes(4) + data if data else b"")


@pytest.mark.parametrize(("answer", "verdict"), [
    (b"stream: OK\0", Verdict()), (b"stream: Eicar FOUND\0", Verdict(virus="Eicar")), (b"stream: OK", None), (b"", None),
    (b"stream: Can't allocate memory ERROR\0", Verdict(error="stream: Can't allocate memory")),
    (b"UNKNOWN COMMAND\0", Verdict(error="UNKNOWN COMMAND")), (b"\0", Verdict(error="an empty answer")),
    (b"x FOUND\0", Verdict(error="x FOUND")), (b"x" * 5000, Verdict(error="no answer that clamd would give"))])
def test_answers(answer: bytes, verdict: Verdict | None) -> None:
    assert read(answer) == verdict


def test_its_own_limit_is_told_from_other_errors() -> None:
    verdict = read(b"INSTREAM size limit exceeded. ERROR\0")
    assert verdict is not None
    assert verdict.is_too_large


@given(st.binary(max_size=60))
def test_no_answer_is_taken_for_clean_but_that_word(answer: bytes) -> None:
    assert read(answer) != Verdict() or answer.partition(b"\0")[0].strip().removeprefix(b"stream: ") == b"OK"
