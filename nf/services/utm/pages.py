"""The pages that clients see in place of what was blocked."""

from collections.abc import Iterable
from html import escape

from nf.policy.utm import Notice
from nf.services import Page

_PAGE = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>{title}</title><style>
body {{ font-family: sans-serif; margin: 4em auto; max-width: 40em; color: #222 }}
h1 {{ font-size: 1.4em; border-bottom: 3px solid #84b135; padding-bottom: .4em }}
dt {{ font-weight: bold; float: left; clear: left; width: 8em }} dd {{ margin: 0 0 .4em 8em; overflow-wrap: anywhere }}
</style></head><body><h1>{title}</h1><p>{text}</p><dl>{facts}</dl>{more}</body></html>
"""


def page(exchange: int, notice: Notice | None, title: str, text: str, facts: Iterable[tuple[str, str]],
         more: str = "") -> Page:
    """The operator's page, redirection or text with the facts; None asks for the protocol's own word alone."""
    if notice is None:
        return Page(exchange, title, title, mime="text/plain")
    if notice.location:
        return Page(exchange, location=notice.location, status=302, title=title)
    if notice.page:
        return Page(exchange, notice.page, title)
    rows = "".join(f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>" for name, value in facts)
    return Page(exchange, _PAGE.format(title=escape(title), text=escape(notice.text or text), facts=rows, more=more), title)
