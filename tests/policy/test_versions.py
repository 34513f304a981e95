import pytest

from nf.config.grammar import junos_grammar
from nf.policy.release import NEWEST, Release
from nf.policy.versions import SAFE, SSL30, TLS10, TLS11, TLS12, TLS13, Versions, admitted

SEED = Release(15, 1)


@pytest.mark.parametrize(("word", "versions", "seed"), [
    (None, SAFE, Versions(TLS12, TLS12)),
    ("all", Versions(TLS10, TLS13), Versions(TLS10, TLS12)),
    ("tls12-and-lower", Versions(TLS10, TLS12), Versions(TLS10, TLS12)),
    ("ssl3", Versions(SSL30, SSL30), Versions(SSL30, SSL30)),
    ("tls1", Versions(TLS10, TLS10), Versions(TLS10, TLS10)),
    ("tls11", Versions(TLS11, TLS11), Versions(TLS11, TLS11)),
    ("tls12", Versions(TLS12, TLS12), Versions(TLS12, TLS12))])
def test_words_are_taken_as_junos_means_them_and_silence_is_safe(word: str | None, versions: Versions, seed: Versions) -> None:
    assert admitted(word, NEWEST) == versions
    assert admitted(word, SEED) == seed


def test_every_word_of_the_grammar_is_known() -> None:
    for word in junos_grammar().children("services ssl proxy profile")["protocol-version"].enum:
        assert admitted(word, NEWEST).lowest <= admitted(word, NEWEST).highest


def test_names() -> None:
    assert str(SAFE) == "TLS 1.2 to TLS 1.3"
    assert str(Versions(TLS13, TLS13)) == "TLS 1.3"
