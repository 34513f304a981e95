"""The media type and the file name that a header gives a message or a part of one (RFC 2045 §5, RFC 6266, RFC 2183)."""

import re
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from typing import Final
from urllib.parse import unquote

from nf.protocols.items import Headers

_PARAMETER: Final = re.compile(r"""[;,\s]*([!#$%&'*+.^_`|~0-9A-Za-z-]+)\s*=\s*("(?:[^"\\]|\\.)*"?|[^;,\s]*)""")
_QUOTED: Final = re.compile(r"\\([\\\"])")  # others stand before directories, which some put into file names
_LONGEST: Final = 1024  # characters of a field that are looked at


def media_type(headers: Headers) -> str:
    """The media type in lower case without parameters; "" where none is given.

    >>> media_type((("content-type", "Text/HTML; charset=utf-8"),))
    'text/html'
    """
    return _field(headers, "content-type").partition(";")[0].strip().lower()


def parameter(headers: Headers, field: str, name: str) -> str:
    """A field's parameter; "" where it has none of that name."""
    return _parameters(_field(headers, field)).get(name, "")


def file_name(headers: Headers) -> str:
    """The file's name without the path that some put before it; "" where none is given.

    >>> file_name((("content-disposition", "attachment; filename*=UTF-8''na%C3%AFve.exe"),))
    'naïve.exe'
    """
    given = _parameters(_field(headers, "content-disposition"))
    name = given.get("filename") or _parameters(_field(headers, "content-type")).get("name", "")
    return name.replace("\\", "/").rpartition("/")[2]


def _field(headers: Headers, name: str) -> str:
    return next((value[:_LONGEST] for found, value in headers if found == name), "")


def _parameters(field: str) -> dict[str, str]:
    """Those of RFC 2231 come before plain ones; its sections are put together."""
    plain: dict[str, str] = {}
    extended: dict[str, str] = {}
    for match in _PARAMETER.finditer(field.partition(";")[2]):
        name, star, section = match[1].lower().partition("*")
        raw = match[2]
        value = _QUOTED.sub(r"\1", raw[1:].removesuffix('"')) if raw.startswith('"') else raw
        if not star:
            plain.setdefault(name, _words(value))
        else:
            coded = section.endswith("*") or not section
            extended[name] = extended.get(name, "") + (_extended(value) if coded else value)
    return plain | extended


def _extended(value: str) -> str:
    charset, quote, rest = value.partition("'")
    text = rest.partition("'")[2] if quote else value
    try:
        return unquote(text, encoding=charset if quote and charset else "utf-8", errors="replace")
    except (LookupError, ValueError):  # no such charset, or no charset's name at all
        return unquote(text)


def _words(value: str) -> str:
    """Encoded words (RFC 2047), which mail programs put where they do not belong; raw UTF-8, which browsers send."""
    if "=?" in value:
        try:
            return str(make_header(decode_header(value)))
        except (HeaderParseError, LookupError, UnicodeError, ValueError):
            return value
    try:
        return value.encode("latin-1").decode()
    except UnicodeError:
        return value
