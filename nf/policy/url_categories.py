"""Custom URL categories (Junos: `security utm custom-objects`): names for sets of URL patterns."""

from dataclasses import dataclass
from fnmatch import fnmatchcase


@dataclass(frozen=True, slots=True)
class UrlCategory:
    """`custom-url-category`: the lists of patterns it names, and every pattern in them as written."""

    name: str
    lists: tuple[str, ...] = ()
    patterns: tuple[str, ...] = ()

    def covers(self, host: str) -> bool:
        """Whether the host of one of its patterns fits, with `*` for any characters and `?` for one.

        >>> UrlCategory("banks", patterns=("http://*.bank.test/",)).covers("www.bank.test")
        True
        """
        return any(fnmatchcase(host.lower(), host_of(pattern)) for pattern in self.patterns)


def host_of(pattern: str) -> str:
    """The host part of a URL pattern, which may come with a scheme, a port and a path."""
    without_scheme = pattern.lower().rpartition("://")[2]
    return without_scheme.partition("/")[0].partition(":")[0]
