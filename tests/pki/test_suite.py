"""Server authentication against some five hundred chains like those of the public suites, each with the verdict due.

The shapes are those of x509-limbo, BetterTLS and badssl, made anew here. Where our verdict differs on purpose, the case
says why.
"""

from collections import Counter
from collections.abc import Callable, Iterator

import pytest

from nf.pki import verify_server_chain
from tests.pki.suite import constraints, graphs, keys, lengths, lists, names, purposes, structure, validity
from tests.pki.suite.case import Case

GROUPS = (names, validity, lengths, constraints, graphs, structure, keys, purposes, lists)
MOST_WRONG_ACCEPTS, MOST_WRONG_REJECTS = 12, 4


def _accepted(case: Case) -> bool:
    return verify_server_chain(case.chain, case.anchors, case.host, case.at, case.crls, case.policy).ok


@pytest.fixture(scope="module")
def table() -> list[tuple[Case, bool]]:
    return [(case, _accepted(case)) for group in GROUPS for case in group.cases()]


def test_every_verdict_is_the_one_due_or_differs_on_purpose(table):
    wrong = [("accepted: " if accepted else "rejected: ") + case.name for case, accepted in table
             if accepted != (case.valid != bool(case.deviation))]
    assert not wrong, f"{len(wrong)} of {len(table)}: {wrong}"


def test_few_verdicts_differ_from_the_standards(table):
    accepts = [case.name for case, accepted in table if accepted and not case.valid]
    rejects = [case.name for case, accepted in table if case.valid and not accepted]
    assert len(accepts) <= MOST_WRONG_ACCEPTS, accepts
    assert len(rejects) <= MOST_WRONG_REJECTS, rejects


def test_the_table_is_large_and_names_each_case_once(table):
    assert len(table) >= 500
    assert [name for name, times in Counter(case.name for case, _ in table).items() if times > 1] == []


@pytest.mark.parametrize("group", GROUPS, ids=lambda group: group.__name__.rpartition(".")[2])
def test_each_group_has_both_verdicts(group):
    cases: Callable[[], Iterator[Case]] = group.cases
    assert {case.valid for case in cases()} == {True, False}
