import pytest

from nf.config import ConfigError
from nf.config.errors import Findings, nearest


def test_error_reads_as_one_line_with_suggestions() -> None:
    error = ConfigError("lab.conf", 7, "trustt", "no such zone", suggestions=("trust", "untrust"))
    assert str(error) == "lab.conf:7: 'trustt': no such zone; did you mean 'trust', 'untrust'?"
    assert str(ConfigError("lab.conf", 7, "x", "no such zone")) == "lab.conf:7: 'x': no such zone"


def test_nearest_words_come_best_first() -> None:
    assert nearest("root-caa", ["whitelist", "root-ca", "trusted-ca"])[0] == "root-ca"
    assert nearest("zzz", ["root-ca"]) == ()


def test_findings_raise_the_first_mistake_with_the_others() -> None:
    findings = Findings("a")
    findings.raise_errors()
    findings.wrong(9, "later", "wrong")
    findings.wrong(3, "earlier", "wrong")
    with pytest.raises(ConfigError) as caught:
        findings.raise_errors()
    assert (caught.value.word, [other.word for other in caught.value.others]) == ("earlier", ["later"])


def test_statements_without_effect_are_counted_by_kind() -> None:
    findings = Findings("a")
    error = findings.error(4, "w", "m")
    for kind in ("security screen", "security nat", "security screen"):
        findings.unheed(error, kind)
    assert [(each.statement, each.line, each.message) for each in findings.all_remarks()] == [
        ("security nat", 4, "no effect yet"), ("security screen", 4, "no effect yet (2 statements)")]
