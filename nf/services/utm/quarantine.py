"""Quarantined sites: a client that confirms that it wants to go on may do so for a while."""

import hmac
from typing import Final
from urllib.parse import quote, unquote

from nf.services import Bulletin

PATH: Final = "/.utm-continue"  # on every quarantined host; asked for, it is never sent to the server
SECONDS: Final = 1800.0  # that a confirmation holds
_MOST: Final = 100_000  # confirmations that are kept


class Quarantine:
    """The confirmations that all workers have heard of, and the links that lead to them."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret
        self._until: dict[str, float] = {}

    def link(self, client: str, host: str, path: str) -> str:
        """Where a client confirms that it wants to go on to a path of the host; no other site can make up such a link."""
        return f"{PATH}?{self._token(client, host)}&{quote(path, safe='/')}"

    def confirmed(self, client: str, host: str, path: str) -> str | None:
        """The path behind a link, None for what is no link of this client's."""
        token, _, wanted = path.removeprefix(f"{PATH}?").partition("&")
        if not (path.startswith(f"{PATH}?") and hmac.compare_digest(token.encode(), self._token(client, host).encode())):
            return None
        return "/" + unquote(wanted).lstrip("/\\")

    def bulletin(self, client: str, host: str) -> Bulletin:
        """What every worker is to hear of it."""
        return Bulletin("utm", _key(client, host), "", SECONDS)

    def hear(self, key: str, now: float) -> None:
        """A client has confirmed."""
        self._until.pop(key, None)
        while self._until and (len(self._until) >= _MOST or next(iter(self._until.values())) <= now):
            del self._until[next(iter(self._until))]  # the oldest
        self._until[key] = now + SECONDS

    def passes(self, client: str, host: str, now: float) -> bool:
        """Whether the client may go on to a host."""
        return self._until.get(_key(client, host), now) > now

    def _token(self, client: str, host: str) -> str:
        return hmac.new(self._secret, _key(client, host).encode(), "sha256").hexdigest()[:32]


def _key(client: str, host: str) -> str:
    return f"{client} {host}"
