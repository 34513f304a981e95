"""`show security pki`, `request security pki`, `clear security pki`: carried out on a PKI directory, running device or not."""

import re

from nf.cli.operate import values
from nf.cli.operate.grammar import Ask, Render, Value, Word
from nf.cli.operate.render import pki

_NAME = re.compile(r"(?!\.+$)[A-Za-z0-9_.-]{1,64}")


def _name(text: str) -> str:
    if _NAME.fullmatch(text) is None:
        raise ValueError("expected 1 to 64 letters, digits, '-', '_' and '.'")
    return text


def _size(text: str) -> int:
    if text not in ("2048", "4096", "256", "384", "521"):
        raise ValueError("expected 2048 or 4096 for rsa, 256, 384 or 521 for ecdsa; clients take no shorter keys")
    return int(text)


def _text(label: str, longest: int) -> Value:
    def read(text: str) -> str:
        if not 0 < len(text) <= longest:
            raise ValueError(f"expected 1 to {longest} characters")
        return text

    return Value(label, read)


def _address(text: str) -> str:
    from ipaddress import ip_address

    try:
        return str(ip_address(text))
    except ValueError:
        raise ValueError("expected an IP address") from None


def _ask(deed: str, render: Render) -> Ask:
    return Ask({"pki": deed}, render, into="given")


_ID = Word("certificate-id", "Certificate identifier", value=Value("<certificate-id>", _name, "certificate"))
_CA = Word("ca-profile", "CA profile", value=Value("<ca-profile>", _name, "ca-profile"))
_FILE = Word("filename", "Path of the file", value=_text("<path>", 4096))
_IDENTITY = (
    _ID,
    Word("domain-name", "Fully qualified domain name", value=_text("<domain-name>", 253)),
    Word("subject", "Distinguished name, such as \"CN=proxy-ca,O=Example,C=US\"", value=_text("<subject>", 1024)),
    Word("email", "E-mail address", value=_text("<email>", 254)),
    Word("ip-address", "IP address", value=Value("<address>", _address)))
_LEVELS = (Word("brief", "In brief (default)", group="level"), Word("detail", "With everything that is known", group="level"))

SHOW_PKI = Word("pki", "Certificates of the PKI directory", children=(
    Word("ca-certificate", "Whom servers are trusted under", options=(_CA, *_LEVELS), end=_ask("show-ca", pki.certificates)),
    Word("certificate-request", "Requests that wait for a CA", options=(_ID, *_LEVELS),
         end=_ask("show-requests", pki.requests)),
    Word("crl", "Certificate revocation lists", options=(_CA, *_LEVELS), end=_ask("show-crl", pki.crls)),
    Word("local-certificate", "The device's own", options=(_ID, *_LEVELS), end=_ask("show-local", pki.certificates))))

_LOCAL = Word("local-certificate", "The device's own certificates", children=(
    Word("export", "Write a certificate into a file", end=_ask("export-local", pki.exported), options=(
        _ID, _FILE, Word("type", "How it is written", value=values.one_of("pem", "der")))),
    Word("generate-self-signed", "Sign a certificate with its own key pair",
         end=_ask("generate-self-signed", pki.signed_itself),
         options=(*_IDENTITY, Word("add-ca-constraint", "Make it a CA, as the SSL proxy's root-ca must be"))),
    Word("load", "Take a certificate, and its key, from files", end=_ask("load-local", pki.loaded_local), options=(
        _ID, _FILE, Word("key", "Path of its private key in PEM", value=_text("<path>", 4096)),
        Word("passphrase", "Passphrase of that key", value=_text("<passphrase>", 1024))))))

_CA_CERTIFICATE = Word("ca-certificate", "Whom servers are trusted under", children=(
    Word("ca-profile-group", "Many CA certificates under one name", children=(
        Word("load", "Take them from a file", end=_ask("load-group", pki.loaded_group), options=(
            Word("ca-group-name", "Name of the group", value=Value("<ca-group-name>", _name, "ca-profile")),
            Word("filename", "Path of the file, or `default`: what this machine trusts", value=_text("<path>", 4096)))),)),
    Word("load", "Take the certificate of a CA profile from a file", end=_ask("load-ca", pki.loaded_ca), options=(_CA, _FILE)),
    Word("verify", "Whether the certificates of a CA profile may be trusted", end=_ask("verify-ca", pki.verified),
         options=(_CA,))))

REQUEST_SECURITY = Word("security", "Security", children=(
    Word("pki", "Certificates of the PKI directory", children=(
        _CA_CERTIFICATE,
        Word("crl", "Certificate revocation lists", children=(
            Word("load", "Take the list of a CA profile from a file", end=_ask("load-crl", pki.loaded_crl),
                 options=(_CA, _FILE)),)),
        Word("generate-certificate-request", "Ask a CA elsewhere for a certificate, by PKCS #10",
             end=_ask("generate-certificate-request", pki.requested), options=_IDENTITY),
        Word("generate-key-pair", "A new private key", end=_ask("generate-key-pair", pki.generated), options=(
            _ID, Word("size", "Bits of the key", value=Value("<bits>", _size)),
            Word("type", "Kind of the key", value=values.one_of("rsa", "ecdsa")))),
        _LOCAL)),))


def _clear(kind: str, words: str, which: Word) -> Word:
    return Word(kind, words, children=(
        Word("all", "All of them", end=_ask(f"clear-{kind}", pki.cleared)),
        Word(which.name, which.help, value=which.value, end=_ask(f"clear-{kind}", pki.cleared))))


CLEAR_PKI = Word("pki", "Certificates of the PKI directory", children=(
    _clear("ca-certificate", "Whom servers are trusted under", _CA), _clear("certificate-request", "Requests", _ID),
    _clear("crl", "Certificate revocation lists", _CA), _clear("key-pair", "Private keys", _ID),
    _clear("local-certificate", "The device's own certificates", _ID)))
