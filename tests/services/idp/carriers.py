"""What carries an attack, or what looks like one: an address, a form, a header field, an answer."""

from urllib.parse import quote

from tests.services.idp.traffic import Stream, down, request, response, up


def uri(text: str) -> Stream:
    """In a query, escaped as a browser would."""
    return up(request(f"/search?q={quote(text, safe='')}"))


def target(text: str) -> Stream:
    """As a whole target, byte for byte."""
    return up(request(text))


def form(text: str) -> Stream:
    return up(
        request("/login", "POST", b"name=" + quote(text, safe="").encode(), content_type="application/x-www-form-urlencoded")
    )


def body(text: str | bytes, mime: str = "application/xml") -> Stream:
    data = text.encode() if isinstance(text, str) else text
    return up(request("/api", "POST", data, content_type=mime))


def agent(text: str) -> Stream:
    return up(request("/", user_agent=text))


def header(text: str) -> Stream:
    return up(request("/", x_api_version=text))


def cookie(text: str) -> Stream:
    return up(request("/", cookie=text))


def answer(text: str) -> Stream:
    return [*up(request("/")), *down(response(text.encode()))]


EICAR = r"X5O!P%@AP[4\PZX54(P^)7CC)7}$" + "EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
