"""When a session counts as no SSL session."""

from hypothesis import given
from hypothesis import strategies as st

from nf.policy.profile import NonSslThreshold
from nf.sslproxy.detection import NonSslDetection


@given(st.lists(st.integers(1, 300), max_size=20), st.integers(1, 15), st.integers(1, 600))
def test_it_is_told_once_when_both_thresholds_are_reached(sizes: list[int], packets: int, least: int) -> None:
    detection = NonSslDetection(NonSslThreshold(packets, least), pending=True)
    told = [detection.reached(size, segments) for segments, size in enumerate(sizes, 1)]
    enough = [segments >= packets and sum(sizes[:segments]) >= least for segments in range(1, len(sizes) + 1)]
    assert told == [now and not any(enough[:at]) for at, now in enumerate(enough)]
    assert detection.undetermined == (bool(sizes) and not any(enough))


def test_where_nothing_is_to_be_decrypted_nothing_is_counted() -> None:
    detection = NonSslDetection(NonSslThreshold(1, 1), pending=False)
    assert not detection.reached(999, 99)
    assert not detection.undetermined


def test_what_is_known_is_counted_no_longer() -> None:
    detection = NonSslDetection(NonSslThreshold(1, 1), pending=True)
    detection.stop()
    assert not detection.reached(999, 99)
