"""What an ICAP server says of its services (RFC 3507 §4.10)."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from nf.protocols.icap import Head

_MOST_TTL: Final = 86_400.0  # seconds


@dataclass(frozen=True, slots=True)
class Options:
    """What a server says of one of its services (§4.10); seconds, and file extensions in lower case."""

    methods: frozenset[str] = frozenset()
    istag: str = ""
    preview: int | None = None  # bytes that it wants to see first; None: it takes no previews
    allow: frozenset[str] = frozenset()  # 204, 206
    ttl: float | None = None
    most: int | None = None  # connections
    previewed: frozenset[str] = frozenset()  # Transfer-Preview, Transfer-Ignore, Transfer-Complete
    ignored: frozenset[str] = frozenset()
    complete: frozenset[str] = frozenset()

    @classmethod
    def of(cls, head: Head) -> "Options":
        """Those of a response to OPTIONS; what makes no sense counts as not said."""
        preview, most, ttl = (_number(head.value(name)) for name in ("preview", "max-connections", "options-ttl"))
        return cls(_words(head.value("methods"), str.upper), head.value("istag").strip('"'), preview,
                   _words(head.value("allow")), None if ttl is None else min(float(ttl), _MOST_TTL), most,
                   *(_words(head.value(f"transfer-{name}")) for name in ("preview", "ignore", "complete")))

    def previews(self, extension: str) -> int | None:
        """How much of a body it wants to see first for files of this extension; None: the whole of it at once."""
        if extension in self.complete:
            return None
        by_default = "*" in self.previewed or not ("*" in self.complete or self.previewed)
        return self.preview if extension in self.previewed or by_default else None

    def ignores(self, extension: str) -> bool:
        """Whether it wants to see no file of this extension."""
        named = extension in self.previewed or extension in self.complete
        return extension in self.ignored or ("*" in self.ignored and not named)


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else None


def _words(text: str, case: Callable[[str], str] = str.lower) -> frozenset[str]:
    return frozenset(case(word.strip()) for word in text.split(",") if word.strip())
