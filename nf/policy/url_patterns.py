"""URL patterns as policies write them (`http://*.example.com/news`), and the URLs that they cover."""

from collections.abc import Iterable
from fnmatch import fnmatchcase
from posixpath import normpath
from urllib.parse import unquote

from nf.policy.url_categories import host_of


def covers(patterns: Iterable[str], host: str, path: str | None) -> bool:
    """Whether one of the patterns covers a URL; `path` begins with a slash, and is None where only the host is known.

    In a host `*` stands for any characters and `?` for one, in a path too. A path covers what lies below it. Whoever
    escapes letters in a path (`/%6eews`) or walks about in it (`/x/../news`) means the same path.

    >>> covers(["http://*.example.com/news"], "www.example.com", "/news/today?page=2")
    True
    >>> covers(["http://*.example.com/news"], "www.example.com", None)
    False
    """
    plain = None if path is None else plain_path(path)
    return any(_covers(pattern, host, plain) for pattern in patterns)


def plain_path(path: str) -> str:
    """A path in the one form that all its spellings share, without query.

    >>> plain_path("/a/%2e%2e/./news//today?x")
    '/news/today'
    """
    return normpath("/" + unquote(path.partition("?")[0].partition("#")[0]).lstrip("/"))


def _covers(pattern: str, host: str, path: str | None) -> bool:
    if not fnmatchcase(host, host_of(pattern)):
        return False
    wanted = pattern.rpartition("://")[2].partition("/")[2].rstrip("/")
    if not wanted:
        return True
    return path is not None and (path == f"/{wanted}" or path.startswith(f"/{wanted}/") or fnmatchcase(path, f"/{wanted}"))
