from nf.dataplane.respawns import LEAST, MOST, YOUNG, Respawns


def test_a_worker_that_dies_young_again_and_again_stays_down_ever_longer() -> None:
    respawns, now, patience = Respawns(), 0.0, []
    for _ in range(8):
        respawns.started(0, now)
        now += 1.0
        patience.append(respawns.patience(0, now))
        now += patience[-1]
    assert patience == [1, 2, 4, 8, 16, 32, 60, 60]
    assert MOST == 60


def test_one_that_has_lived_for_a_while_comes_back_soon() -> None:
    respawns = Respawns()
    for at in (0.0, 1.0, 3.0):
        respawns.started(0, at)
        respawns.patience(0, at + 0.5)
    respawns.started(0, 10.0)
    assert respawns.patience(0, 10.0 + YOUNG) == LEAST


def test_places_do_not_share_their_fate() -> None:
    respawns = Respawns()
    for index in (0, 1):
        respawns.started(index, 0.0)
    assert [respawns.patience(0, 1.0), respawns.patience(0, 2.0), respawns.patience(1, 2.0)] == [1, 2, 1]
