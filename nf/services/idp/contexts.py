"""Contexts: the parts of messages that attacks look at, as rule files and Junos name them, and where they are found.

A context is named as Suricata names its sticky buffer. Whole ones come in one piece; the others grow as bytes arrive.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from hwmodel.session import Direction
from nf.policy.attacks import STREAM

REQUEST_BODY, RESPONSE_BODY = "http.request_body", "http.response_body"
GROWING: Final = frozenset({STREAM, REQUEST_BODY, RESPONSE_BODY})

_HTTP = ("uri", "uri.raw", "method", "request_line", "protocol", "header", "header.raw", "cookie", "user_agent", "host",
         "host.raw", "referer", "accept", "accept_enc", "accept_lang", "connection", "content_type", "content_len",
         "server", "location", "stat_code", "stat_msg", "response_line", "header_names", "authorization")
_TLS = ("sni", "cert_subject", "cert_issuer")
_OTHERS = ("command", "command.argument", "reply", "mail.from", "mail.to", "mail.header", "file.name", "websocket.payload")

CONTEXTS: Final = frozenset({*GROWING, *(f"http.{name}" for name in _HTTP), *(f"tls.{name}" for name in _TLS), *_OTHERS})

# Older names of rule files, and those that mean the body of whichever side.
ALIASES: Final[Mapping[str, str]] = MappingProxyType({
    "http_uri": "http.uri", "http_raw_uri": "http.uri.raw", "http_method": "http.method", "http_header": "http.header",
    "http_raw_header": "http.header.raw", "http_cookie": "http.cookie", "http_user_agent": "http.user_agent",
    "http_host": "http.host", "http_raw_host": "http.host.raw", "http_referer": "http.referer", "http_accept": "http.accept",
    "http_accept_enc": "http.accept_enc", "http_accept_lang": "http.accept_lang", "http_connection": "http.connection",
    "http_content_type": "http.content_type", "http_content_len": "http.content_len", "http_server": "http.server",
    "http_location": "http.location", "http_stat_code": "http.stat_code", "http_stat_msg": "http.stat_msg",
    "http_request_line": "http.request_line", "http_response_line": "http.response_line", "http_protocol": "http.protocol",
    "http_client_body": REQUEST_BODY, "http_server_body": RESPONSE_BODY, "http.file_data": RESPONSE_BODY,
    "http_header_names": "http.header_names", "http.request_header": "http.header", "http.response_header": "http.header",
    "tls_sni": "tls.sni", "tls_cert_subject": "tls.cert_subject", "tls_cert_issuer": "tls.cert_issuer",
    "tls.subject": "tls.cert_subject", "tls.issuerdn": "tls.cert_issuer", "pkt_data": STREAM, "filename": "file.name",
})

# Junos's contexts: ours, and the direction that the name implies.
JUNOS: Final[Mapping[str, tuple[str, Direction | None]]] = MappingProxyType({
    "stream": (STREAM, None), "stream256": (STREAM, None), "stream1k": (STREAM, None), "stream8k": (STREAM, None),
    "http-url": ("http.uri.raw", None), "http-url-parsed": ("http.uri", None), "http-get-url": ("http.uri.raw", None),
    "http-get-url-parsed": ("http.uri", None), "http-get-url-parsed-param": ("http.uri", None),
    "http-url-parsed-param": ("http.uri", None), "http-url-variable-parsed": ("http.uri", None),
    "http-request": ("http.request_line", None), "http-request-method": ("http.method", None),
    "http-header": ("http.header", None), "http-header-host": ("http.host", None),
    "http-header-cookie": ("http.cookie", None), "http-header-user-agent": ("http.user_agent", None),
    "http-header-referer": ("http.referer", None), "http-header-content-type": ("http.content_type", None),
    "http-header-content-location": ("http.location", None), "http-header-accept": ("http.accept", None),
    "http-header-accept-encoding": ("http.accept_enc", None), "http-header-accept-language": ("http.accept_lang", None),
    "http-header-content-length": ("http.content_len", None), "http-header-connection": ("http.connection", None),
    "http-authorization": ("http.authorization", None), "http-status": ("http.stat_code", Direction.S2C),
    "http-post-url": ("http.uri.raw", None), "http-post-variable": (REQUEST_BODY, None),
    "http-post-variable-parsed": (REQUEST_BODY, None), "http-form-data": (REQUEST_BODY, None),
    "http-data": (RESPONSE_BODY, None), "http-text-html": (RESPONSE_BODY, None), "http-text-html-body": (RESPONSE_BODY, None),
    "ssl-server-name": ("tls.sni", None), "ssl-cert-subject": ("tls.cert_subject", None),
    "smtp-command-line": ("command", None), "ftp-command": ("command", None), "pop3-command-line": ("command", None),
    "imap-command-line": ("command", None), "smtp-from": ("mail.from", None), "smtp-rcpt": ("mail.to", None),
    "smtp-header-line": ("mail.header", None), "ftp-pathname": ("command.argument", None),
    "smtp-attachment-filename": ("file.name", None), "pop3-attachment-filename": ("file.name", None),
})
BEGINNINGS: Final[Mapping[str, int]] = MappingProxyType({"stream256": 256, "stream1k": 1024, "stream8k": 8192})
# Kinds of anomalies that readers report.
KINDS: Final = frozenset({"smuggling", "malformed", "host", "oversized", "length", "coding", "bomb", "flood", "unasked",
                          "rapid-reset", "injection"})


def protocol(name: str) -> str:
    """The context that is filled once a session turns out to speak a protocol."""
    return f"protocol.{name.lower()}"


def anomaly(kind: str) -> str:
    """The context that is filled by an anomaly of this kind."""
    return f"anomaly.{kind}"
