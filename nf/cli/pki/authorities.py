"""`srxnf pki init`, `export` and `rollover`: the proxy's CA is made, handed to clients, and followed by the next one."""

import re
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, TypeAlias

import typer

from nf.cli.pki.fail import fail

if TYPE_CHECKING:
    from nf.pki import Authority

DEFAULT_ID = "ssl-proxy-ca"
_ID = re.compile(r"(?!\.+$)[A-Za-z0-9_.-]{1,64}")
_NUMBER = re.compile(r"^(.*?)(?:([ -])(\d+))?$")

Directory: TypeAlias = Annotated[Path, typer.Argument(metavar="DIR", help="The PKI directory.")]
CertificateId: TypeAlias = Annotated[str, typer.Option(metavar="ID", help="Name that `root-ca` gives to the certificate.")]
Days: TypeAlias = Annotated[int, typer.Option(metavar="N", min=1, max=36500, help="How long the CA is valid.")]


def init(
    directory: Annotated[Path, typer.Argument(metavar="DIR", help="The PKI directory; it is made if it is not there.")],
    certificate_id: CertificateId = DEFAULT_ID,
    common_name: Annotated[str, typer.Option(help="Common name in the CA's subject.")] = "SRX SSL proxy CA",
    key_type: Annotated[Literal["rsa", "ecdsa"], typer.Option(help="RSA with 2048 bits, or ECDSA on P-256.")] = "rsa",
    days: Days = 1825,
) -> None:
    """Make a PKI directory with a CA of its own.

    DIR gets local/, ca/ and crl/, and a CA that no other installation has, whose key only its owner can read. A profile
    may name two as its root-ca, one of each kind: clients that take ECDSA get that.

    \b
    Examples:
      srxnf pki init pki
      srxnf pki init pki --certificate-id ssl-proxy-ecdsa --key-type ecdsa --common-name "SRX CA (ECDSA)"
    """
    from nf.cli.pki.install import fingerprint, installing
    from nf.pki import PkiError, create_authority
    from nf.pki.store import save_authority

    _check_id("--certificate-id", certificate_id)
    try:
        authority = create_authority(common_name, key_type, at=datetime.now(UTC), days=days)
        certificate = save_authority(directory, certificate_id, authority)
    except PkiError as error:
        fail(str(error))
    except (ValueError, OverflowError) as error:
        fail(f"--common-name {common_name!r}, --days {days}: {error}")
    print(f"{certificate}: new CA, SHA-256 {fingerprint(authority.certificate)}")
    print(f"{certificate.with_suffix('.key')}: its private key; keep it where it is")
    print(f"{directory / 'ca'}: put one <ca-profile>.crt there for each CA that servers are trusted under")
    print("Install the CA as trusted in every client behind the proxy:")
    print("\n".join(f"  {line}" for line in installing(certificate, certificate_id)))


def export(
    directory: Directory,
    certificate_id: CertificateId = DEFAULT_ID,
    output: Annotated[Path | None, typer.Option(metavar="FILE", help="A new file; else standard output.")] = None,
    form: Annotated[Literal["pem", "der"], typer.Option("--format", help="How it is written.")] = "pem",
) -> None:
    """Write a CA's certificate for clients to trust.

    Never its key. With --output it also says how each kind of client comes to trust it.

    \b
    Examples:
      srxnf pki export pki > proxy-ca.crt
      srxnf pki export pki --output proxy-ca.crt
    """
    from cryptography.hazmat.primitives.serialization import Encoding

    from nf.cli.pki.install import fingerprint, installing
    from nf.pki import PkiError
    from nf.pki.files import write_new

    authority = _authority(directory, certificate_id)
    content = authority.certificate.public_bytes(Encoding.PEM if form == "pem" else Encoding.DER)
    if output is None:
        sys.stdout.buffer.write(content)
        return
    try:
        write_new(output, content)
    except PkiError as error:
        fail(str(error))
    print(f"{output}: CA {certificate_id}, SHA-256 {fingerprint(authority.certificate)}")
    print("\n".join(f"  {line}" for line in installing(output, certificate_id)))


def rollover(
    directory: Directory,
    certificate_id: CertificateId = DEFAULT_ID,
    next_id: Annotated[str, typer.Option(metavar="ID", help="Name of the next one; else the old with the next number.")] = "",
    common_name: Annotated[str, typer.Option(help="Its common name; else the old one's with the next number.")] = "",
    days: Days = 1825,
) -> None:
    """Make the next CA, signed by the present one.

    Clients that know only the old CA find the next one's certificate in what the proxy sends; clients that have the next
    one need the old no more. So `root-ca` may be changed at once, and clients until the day the old CA ends.

    \b
    Example:
      srxnf pki rollover pki --certificate-id ssl-proxy-ca
    """
    from nf.pki import PkiError
    from nf.pki.authority import succeed
    from nf.pki.store import save_authority

    old = _authority(directory, certificate_id)
    new_id = next_id or _next(certificate_id, "-")
    _check_id("--next-id", new_id)
    name = common_name or _next(_common_name(old), " ")
    try:
        certificate = save_authority(directory, new_id, succeed(old, name, at=datetime.now(UTC), days=days))
    except PkiError as error:
        fail(str(error))
    except (ValueError, OverflowError) as error:
        fail(f"{directory}: {certificate_id} cannot be followed by {name!r}: {error}")
    print("\n".join(_steps(directory, certificate_id, certificate, old.certificate.not_valid_after_utc)))


def _steps(directory: Path, old_id: str, certificate: Path, end: datetime) -> list[str]:
    new_id = certificate.stem
    export_it = f"srxnf pki export {directory} --certificate-id {new_id} --output {new_id}.crt"
    clear = f'srxnf cli --pki {directory} -c "clear security pki'
    return [
        f"{certificate}: the next CA {new_id}, also signed by {old_id}",
        f"{certificate.with_suffix('.key')}: its private key; keep it where it is",
        f"1. Change each profile from now on: set services ssl proxy profile … root-ca {new_id}",
        "   A running device takes that up at SIGHUP.",
        f"   Clients that trust {old_id} or {new_id} take what it signs, until {old_id} ends on {end:%Y-%m-%d %H:%M} UTC.",
        f"2. Before that day install {new_id} in every client: {export_it}",
        f"3. Then take {old_id} out of the clients, and away here:",
        f'   {clear} local-certificate certificate-id {old_id}"; {clear} key-pair certificate-id {old_id}"']


def _authority(directory: Path, certificate_id: str) -> "Authority":
    from nf.pki import PkiError, PkiStore

    try:
        return PkiStore.load(directory).authority(certificate_id)
    except PkiError as error:
        fail(str(error))


def _common_name(authority: "Authority") -> str:
    from cryptography.x509.oid import NameOID

    found = authority.certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(found[0].value) if found else "SRX SSL proxy CA"


def _next(name: str, joint: str) -> str:
    """`name`, `name-2`, `name-3`, …"""
    match = _NUMBER.match(name)
    if match is None or match[3] is None:
        return f"{name}{joint}2"
    return f"{match[1]}{match[2]}{int(match[3]) + 1}"


def _check_id(option: str, certificate_id: str) -> None:
    if _ID.fullmatch(certificate_id) is None:
        fail(f"{option} {certificate_id!r}: expected 1 to 64 letters, digits, '-', '_' and '.'")
