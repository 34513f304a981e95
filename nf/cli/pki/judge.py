"""`srxnf pki verify`: a server's chain, judged as the proxy would."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, TypeAlias

import typer

from nf.cli.pki.fail import fail

if TYPE_CHECKING:
    from nf.pki import Verdict

Missing: TypeAlias = Literal["allow", "drop"]


def verify(
    chain: Annotated[Path, typer.Argument(metavar="CHAIN.pem", help="The server's certificates, its own first.")],
    *,
    anchors: Annotated[Path, typer.Option(metavar="PEM", help="Trusted CA certificates.")],
    host: Annotated[str, typer.Option(metavar="NAME", help="DNS name or IP address.")],
    at: Annotated[str | None, typer.Option(metavar="TIME", help="ISO 8601, UTC if it says no zone; else now.")] = None,
    crl: Annotated[list[Path] | None, typer.Option(metavar="PEM", help="CRLs; may be repeated.")] = None,
    if_not_present: Annotated[Missing, typer.Option(help="What a CRL that is missing means.")] = "allow",
    staple: Annotated[Path | None, typer.Option(metavar="DER", help="The OCSP response that the server stapled.")] = None,
    strict: Annotated[bool, typer.Option("--strict", help="Hold certificates to the letter of RFC 5280.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="For machines.")] = False,
) -> None:
    """Judge a server's chain; the exit status is 0 only when it is good.

    Example: srxnf pki verify --anchors roots.pem --host www.example.test chain.pem
    """
    from nf.pki import CrlPolicy, PkiError, verify_server_chain
    from nf.pki.files import read_blocks, read_certificates, read_crls, read_file
    from nf.pki.pem import CERTIFICATE

    try:
        crls = [der for path in crl or () for der in read_crls(path)]
        sent, trusted = read_blocks(chain, CERTIFICATE), read_certificates(anchors)
        stapled = None if staple is None else read_file(staple)
        verdict = verify_server_chain(sent, trusted, host, _time(at), crls, CrlPolicy(if_not_present=if_not_present),
                                      stapled=stapled, strict=strict)
    except PkiError as error:
        fail(str(error))
    print(_as_json(verdict) if as_json else _as_text(verdict))
    raise typer.Exit(0 if verdict.ok else 1)


def _time(text: str | None) -> datetime:
    if text is None:
        return datetime.now(UTC)
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        fail(f"--at {text!r}: expected a time such as 2026-11-30T12:00:00Z")
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _as_text(verdict: "Verdict") -> str:
    if verdict.ok:
        return "OK"
    return verdict.message + (f" ({verdict.detail})" if verdict.detail else "")


def _as_json(verdict: "Verdict") -> str:
    from cryptography import x509

    until = verdict.valid_until
    return json.dumps({"ok": verdict.ok, "reason": verdict.reason.value if verdict.reason else None,
                       "message": verdict.message, "detail": verdict.detail, "depth": verdict.depth,
                       "valid-until": None if until is None else until.isoformat(),
                       "path": [x509.load_der_x509_certificate(der).subject.rfc4514_string() for der in verdict.path]})
