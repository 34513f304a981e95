"""What services have done, a line each."""

from nf.cli.operate.services.inspection import tallies
from nf.services.tally import Tally


def test_times_are_told_by_mean_and_what_nearly_all_stay_under() -> None:
    one = Tally(2, 4, 8000, 2_000_000, asks=100, holds=1)
    for seconds in (*[0.001] * 98, 0.1, 0.3):
        one.answer(seconds)
    one.release(0.02)
    head, idle, busy = tallies({"web_filtering": one.report(), "apptrack": Tally().report()}, {})
    assert head.split()[:2] == ["Service", "Sessions"]
    assert " ".join(busy.split()) == "web-filtering 2 4 8000 2.0 500.0 1 20.0 <32 100 5.0 <128 0 0"
    assert " ".join(idle.split()) == "apptrack 0 0 0 0.0 - 0 - - 0 - - 0 0"
