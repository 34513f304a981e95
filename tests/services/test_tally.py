"""What services have done, added up."""

from nf.services.tally import Durations, Tally


def test_times_are_counted_by_what_they_stay_under() -> None:
    times = Durations()
    for seconds in (0.0, 0.0009, 0.001, 0.0015, 0.1, 3600.0):
        times.note(seconds)
    assert times.under == {"1": 2, "2": 2, "128": 1, "65536": 1}
    assert times.count == 6


def test_tallies_add_up() -> None:
    whole, one = Tally(), Tally(1, 2, 3, 4, 5, 6, 7)
    one.fault("CRASH")
    one.answer(0.5)
    one.release(0.1)
    whole.add(one)
    whole.add(one)
    assert whole.report() == {
        "sessions": 2, "pieces": 4, "bytes": 6, "nanoseconds": 8, "asks": 10, "holds": 12, "blocks": 14,
        "faults": {"CRASH": 2}, "answered": {"count": 2, "seconds": 1.0, "under": {"512": 2}},
        "held": {"count": 2, "seconds": 0.2, "under": {"128": 2}}}
    assert one.faults == {"CRASH": 1}


def test_what_has_not_happened_is_told_as_nothing() -> None:
    assert Tally().report()["held"] == {"count": 0, "seconds": 0.0, "under": {}}
    assert Tally(1, 2, 3, 4_000).brief() == {"bytes": 3, "microseconds": 4, "asks": 0, "waited-ms": 0, "held-ms": 0}
