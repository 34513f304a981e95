"""Every statement that the grammar file knows is read, and its neighbours that it does not know are refused."""

import pytest

from nf.config.display import display
from nf.config.errors import Findings
from nf.config.junos import read
from tests.config.outline import outline
from tests.config.statements import dice, every_word, set_words

SAMPLE = 1500


@pytest.mark.parametrize("seed", range(2))
def test_statements_of_the_grammar_are_read_and_shown(seed: int) -> None:
    random = dice(seed)
    for word in random.sample(every_word(), SAMPLE):
        line = " ".join(["set", *set_words(word, random)])
        findings = Findings("t")
        root = read(line, findings)
        assert not findings.errors, f"{findings.errors[0]}\n{line}"
        for form in ("set", "curly"):
            assert outline(read(display(root, form), Findings("t"))) == outline(root), line


def test_a_misspelt_statement_is_refused() -> None:
    random = dice(4)
    misspelt = 0
    accepted = []
    for word in random.sample(every_word(), SAMPLE):
        words = set_words(word, random)
        if word.name not in words:
            continue
        misspelt += 1
        at = len(words) - 1 - words[::-1].index(word.name)
        words[at] += "qz"
        findings = Findings("t")
        read(" ".join(["set", *words]), findings)
        if not findings.errors:
            accepted.append(" ".join(words))
    assert misspelt > 1000
    assert len(accepted) < misspelt / 100, accepted  # some leaves are written without their word, and take any
