"""What a client is told instead of an answer, before it is written in the client's protocol."""

from dataclasses import dataclass
from html import escape

_PAGE = """<!DOCTYPE html>
<html><head><meta charset="utf-8"><title>{title}</title></head>
<body><h1>{title}</h1><p>{text}</p></body></html>
"""


@dataclass(frozen=True, slots=True)
class Notice:
    """To the client of this exchange: a page with a text, or a redirection to a location."""

    exchange: int
    text: str = ""
    title: str = "Access denied"
    status: int = 403
    location: str = ""
    mime: str = "text/html"

    @property
    def code(self) -> int:
        """The status of its response."""
        return 302 if self.location and not 300 <= self.status < 400 else self.status

    def content(self) -> bytes:
        """The page: plain text becomes one."""
        if self.mime == "text/html" and "<" not in self.text:
            return _PAGE.format(title=escape(self.title), text=escape(self.text)).encode()
        return self.text.encode()

    def fields(self) -> list[tuple[str, str]]:
        """The response's header, without what one version alone has."""
        location = [("location", _one_line(self.location))] if self.location else []
        return [("content-type", f"{self.mime}; charset=utf-8"), ("content-length", str(len(self.content()))),
                ("cache-control", "no-store"), *location]

    def line(self) -> str:
        """The text in one line of ASCII, for protocols without pages."""
        text = _one_line(self.text)
        return (text if "<" not in text else self.title)[:400] or self.title


def _one_line(text: str) -> str:
    return " ".join(text.encode("ascii", "replace").decode().split())
