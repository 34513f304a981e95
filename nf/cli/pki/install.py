"""The lines that make clients trust a CA, for the places where clients keep what they trust."""

from collections.abc import Sequence
from pathlib import Path
from shlex import quote

from cryptography import x509
from cryptography.hazmat.primitives import hashes


def installing(file: Path, certificate_id: str) -> Sequence[str]:
    """What to type for each kind of client; the file must hold the CA's certificate alone."""
    path, name = quote(str(file)), quote(certificate_id)
    return (
        f"Debian, Ubuntu:  sudo install -m 644 {path} /usr/local/share/ca-certificates/{name}.crt; sudo update-ca-certificates",
        f"Fedora, RHEL:    sudo install -m 644 {path} /etc/pki/ca-trust/source/anchors/{name}.crt; sudo update-ca-trust",
        f"Chromium (NSS):  certutil -d sql:$HOME/.pki/nssdb -A -t C,, -n {name} -i {path}",
        f"Firefox (NSS):   certutil -d sql:PROFILE-DIRECTORY -A -t C,, -n {name} -i {path}",
        f"Java:            keytool -importcert -cacerts -noprompt -alias {name} -file {path}",
        f"curl, once:      curl --cacert {path} https://…",
        "macOS:           sudo security add-trusted-cert -d -r trustRoot -k /Library/Keychains/System.keychain " + path,
        f"Windows:         certutil -addstore -f Root {path}")


def fingerprint(certificate: x509.Certificate) -> str:
    """SHA-256 over the certificate, as clients show it."""
    return certificate.fingerprint(hashes.SHA256()).hex(":").upper()
