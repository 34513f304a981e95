import pytest
from hypothesis import given
from hypothesis import strategies as st

from nf.policy.url_patterns import covers, plain_path


@pytest.mark.parametrize(("pattern", "host", "path", "covered"), [
    ("x.test", "x.test", "/a", True), ("x.test", "a.x.test", "/", False), ("*.x.test", "a.x.test", None, True),
    ("http://x.test/", "x.test", None, True), ("http://x.test/news", "x.test", "/news", True),
    ("http://x.test/news", "x.test", "/newspaper", False), ("http://x.test/news/", "x.test", "/news/today", True),
    ("http://x.test/*.exe", "x.test", "/a/b.exe", True), ("x.test/a", "x.test", "/%61?b", True),
    ("x.test/a", "x.test", "//b/../a", True), ("x.test/a", "x.test", None, False), ("X.test", "x.test", "/", True)])
def test_patterns(pattern: str, host: str, path: str | None, covered: bool) -> None:
    assert covers(["other.test", pattern], host, path) is covered


@given(st.text("/.%2ea?", max_size=12))
def test_a_plain_path_is_its_own(path: str) -> None:
    plain = plain_path(path)
    assert plain.startswith("/")
    assert "/../" not in plain
    assert "//" not in plain
