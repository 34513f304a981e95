"""`srxnf pki`: make a PKI directory with a CA of its own, and judge a certificate chain as the proxy would."""

import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, NoReturn

import typer

if TYPE_CHECKING:
    from nf.pki import Verdict

app = typer.Typer(help="Certificates: the proxy's CA, and the judgement on a server's chain.", no_args_is_help=True)

_ID_CHARACTERS = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.")
OPERATOR_ERROR = 2


@app.command()
def init(
    directory: Annotated[Path, typer.Argument(metavar="DIR", help="The PKI directory; it is made if it is not there.")],
    certificate_id: Annotated[str, typer.Option(help="Name that `root-ca` gives to the certificate.")] = "ssl-proxy-ca",
    common_name: Annotated[str, typer.Option(help="Common name in the CA's subject.")] = "SRX SSL proxy CA",
    key_type: Annotated[Literal["rsa", "ecdsa"], typer.Option(help="RSA with 2048 bits, or ECDSA on P-256.")] = "rsa",
) -> None:
    """Make DIR with local/, ca/ and crl/, and a new CA whose key only its owner can read."""
    from nf.pki import PkiError, create_authority
    from nf.pki.store import save_authority

    if not certificate_id.strip(".") or not _ID_CHARACTERS.issuperset(certificate_id):
        _fail(f"--certificate-id {certificate_id!r}: expected letters, digits, '-', '_' and '.'")
    try:
        authority = create_authority(common_name, key_type, at=datetime.now(UTC))
        certificate = save_authority(directory, certificate_id, authority)
    except PkiError as error:
        _fail(str(error))
    except ValueError as error:
        _fail(f"--common-name {common_name!r}: {error}")
    print(f"{certificate}: new CA, to be installed as trusted in every client behind the proxy")
    print(f"{certificate.with_suffix('.key')}: its private key; keep it where it is")
    print(f"{directory / 'ca'}: put one <ca-profile>.crt there for each CA that servers are trusted under")


@app.command()
def verify(
    chain: Annotated[Path, typer.Argument(metavar="CHAIN.pem", help="The server's certificates, its own first.")],
    *,
    anchors: Annotated[Path, typer.Option(metavar="PEM", help="Trusted CA certificates.")],
    host: Annotated[str, typer.Option(metavar="NAME", help="DNS name or IP address.")],
    at: Annotated[str | None, typer.Option(metavar="TIME", help="ISO 8601, UTC if it says no zone; else now.")] = None,
    crl: Annotated[list[Path] | None, typer.Option(metavar="PEM", help="CRLs; may be repeated.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="For machines.")] = False,
) -> None:
    """Judge a server's chain; the exit status is 0 only when it is good."""
    from nf.pki import PkiError, verify_server_chain
    from nf.pki.pem import CERTIFICATE
    from nf.pki.files import read_blocks, read_certificates, read_crls

    try:
        crls = [der for path in crl or () for der in read_crls(path)]
        sent, trusted = read_blocks(chain, CERTIFICATE), read_certificates(anchors)
        verdict = verify_server_chain(sent, trusted, host, _time(at), crls)
    except PkiError as error:
        _fail(str(error))
    print(_as_json(verdict) if as_json else _as_text(verdict))
    raise typer.Exit(0 if verdict.ok else 1)


def _time(text: str | None) -> datetime:
    if text is None:
        return datetime.now(UTC)
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        _fail(f"--at {text!r}: expected a time such as 2026-11-30T12:00:00Z")
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _as_text(verdict: "Verdict") -> str:
    if verdict.ok:
        return "OK"
    return verdict.message + (f" ({verdict.detail})" if verdict.detail else "")


def _as_json(verdict: "Verdict") -> str:
    from cryptography import x509

    return json.dumps({"ok": verdict.ok, "reason": verdict.reason.value if verdict.reason else None,
                       "message": verdict.message, "detail": verdict.detail, "depth": verdict.depth,
                       "path": [x509.load_der_x509_certificate(der).subject.rfc4514_string() for der in verdict.path]})


def _fail(message: str) -> NoReturn:
    print(f"srxnf pki: {message}", file=sys.stderr)
    raise typer.Exit(OPERATOR_ERROR)
