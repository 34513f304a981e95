"""The search for paths: what it proposes, in which order, and where it stops."""

from nf.pki.certificate import Certificate, read
from nf.pki.path import MAX_PATHS, MAX_STEPS, Budget, candidate_paths, reachable
from tests.pki.factory import authority, mint, new_key, server


def facts(minted) -> Certificate:
    certificate = read(minted.der)
    assert certificate is not None
    return certificate


def search(leaf, extras, anchors, budget=None):
    by_name: dict[bytes, list[Certificate]] = {}
    for anchor in map(facts, anchors):
        by_name.setdefault(anchor.subject, []).append(anchor)
    return list(candidate_paths(facts(leaf), [facts(one) for one in extras], by_name, Certificate.names, budget or Budget()))


ROOT, OTHER = authority("Root"), authority("Other")
KEY = new_key()
MIDDLE = authority("Middle", ROOT, key=KEY)
CROSS = authority("Root", OTHER, key=ROOT.key)
LEAF = server(MIDDLE)


def test_shortest_path_first_then_the_detour():
    paths = search(LEAF, [CROSS, MIDDLE], [ROOT, OTHER])
    assert paths == [tuple(map(facts, (LEAF, MIDDLE, ROOT))), tuple(map(facts, (LEAF, MIDDLE, CROSS, OTHER)))]


def test_self_signed_anchor_is_a_path_of_one():
    assert search(ROOT, [], [ROOT]) == [(facts(ROOT),)]
    assert search(LEAF, [], [LEAF]) == []


def test_loops_end():
    first, second = new_key(), new_key()
    one, two = authority("One", key=first), authority("Two", key=second)
    ring = [authority("One", two, key=first), authority("Two", one, key=second)]
    budget = Budget()
    assert search(server(one), ring, [], budget) == []
    assert not budget.exhausted


def test_bounds_hold_and_say_so():
    same = [authority("Same") for _ in range(20)]
    mesh = [authority("Same", one, key=new_key()) for one in same]
    budget = Budget()
    assert search(server(same[0]), mesh, [], budget) == []
    assert budget.exhausted
    assert budget.steps == -1
    budget = Budget()
    assert len(search(server(same[0]), [], [authority("Same") for _ in range(MAX_PATHS + 1)], budget)) == MAX_PATHS
    assert budget.exhausted
    assert budget.steps > MAX_STEPS - 2 * MAX_PATHS


def test_reachable_is_what_stands_above_the_leaf():
    extras = [facts(one) for one in (OTHER, mint("stray", OTHER), MIDDLE, ROOT)]
    assert list(reachable(facts(LEAF), extras, Certificate.names, Budget())) == list(map(facts, (LEAF, MIDDLE, ROOT)))
