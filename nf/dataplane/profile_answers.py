"""What a running device says of its SSL profiles and certificates, from the configuration and the PKI directory."""

import warnings
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from cryptography import x509

from nf.dataplane.device import Device
from nf.dataplane.selection import RequestError
from nf.dataplane.tls_facts import slash_form
from nf.pki import Authority, PkiStore
from nf.pki.store import LOCAL
from nf.policy.pki import CaProfile
from nf.policy.profile import InitiationProfile, SslProxyProfile

_FIRST_ID: Final = 10  # of the profiles that the configuration names
_FIRST_HIDDEN_ID: Final = 65536  # of the two that the device makes of each SSL proxy profile
_UNSAID: Final = "default"  # what the profile does not state is not what Junos takes then, but less
LEGS: Final = ("ssl-t", "ssl-i")


def proxy_profiles(device: Device, request: Mapping[str, Any]) -> Mapping[str, Any]:
    """All SSL proxy profiles, or the one of that `profile`, each with the two that it is made of."""
    wanted = request.get("profile")
    found = [
        {"id": _FIRST_ID + at, "name": key, "trace": profile.enable_flow_tracing, "root-ca": bool(profile.root_ca),
         "allow-non-ssl-session": True, "termination-profile-id": leg_ids(device, key)[0],
         "initiation-profile-id": leg_ids(device, key)[1],
         "nof-whitelist-entries": len(profile.whitelist.names) + len(profile.whitelist_url_categories),
         "supported-protocol-version": profile.protocol_version or _UNSAID}
        for at, (key, profile) in enumerate(device.about.profiles.items()) if wanted in (None, key)]
    if wanted is not None and not found:
        raise RequestError(f"no SSL proxy profile {wanted}; there are: {', '.join(device.about.profiles) or 'none'}")
    return {"pics": [device.places[spu] for spu in device.worker_of], "profiles": found}


def leg_ids(device: Device, profile: str) -> tuple[int, int]:
    """The ids of the two profiles that an SSL proxy profile is made of: termination, initiation."""
    at = list(device.about.profiles).index(profile) if profile in device.about.profiles else 0
    return _FIRST_HIDDEN_ID + 2 * at, _FIRST_HIDDEN_ID + 2 * at + 1


def leg_profiles(device: Device, request: Mapping[str, Any]) -> Mapping[str, Any]:
    """The profiles of one leg, `ssl-t` or `ssl-i`, or the one of that `profile`: those named, and those made of others."""
    leg, wanted = request.get("leg"), request.get("profile")
    if leg not in LEGS:
        raise RequestError(f"leg: expected {' or '.join(LEGS)}")
    every = list(_leg_profiles(device, leg))
    found = [one for one in every if wanted in (None, one["profile"])]
    if wanted is not None and not found:
        raise RequestError(f"no such profile {wanted}; there are: {', '.join(one['profile'] for one in every) or 'none'}")
    counters = {name: sum(device.ledger.handshakes[spu, leg][name] for spu in device.worker_of)
                for name in ("full-handshakes", "resumed-handshakes", "failed-handshakes")}
    return {"pics": [device.places[spu] for spu in device.worker_of], "profiles": found, "counters": counters}


def certificates(device: Device, request: Mapping[str, Any]) -> Mapping[str, Any]:
    """The box's own certificates and those of its CA profiles, or the one of that `certificate-id`."""
    store, wanted = device.about.store, request.get("certificate-id")
    if store is None:
        return {"certificates": []}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # public roots have odd serials; the device's standard error is not for that
        found = [_local(store, name, authority) for name, authority in store.local.items() if wanted in (None, name)]
        for name, ders in store.ca_profiles.items():
            if wanted in (None, name):
                crl = _revocation(device, name, is_there=name in store.crl_profiles)
                found += [{**_certificate(name, "CA-CERT", x509.load_der_x509_certificate(der)), **crl} for der in ders]
    if wanted is not None and not found:
        raise RequestError(f"no certificate {wanted}")
    return {"certificates": found}


def _revocation(device: Device, name: str, *, is_there: bool) -> dict[str, Any]:
    """Of a CA profile; one without a statement is checked by what lies in the PKI directory."""
    check = device.about.ca_profiles.get(name, CaProfile(name)).revocation
    result = device.fetcher.results.get(("crl", name))
    return {"crl-present": is_there, "crl-check": check.method != "disable",
            "crl-download-failed": result is not None and bool(result.problem),
            "crl-check-on-download-failed": not check.crl.disable_on_download_failure}


def _leg_profiles(device: Device, leg: str) -> Iterator[dict[str, Any]]:
    if leg == "ssl-i":
        for at, named in enumerate(device.about.initiation_profiles.values()):
            yield _initiation(_FIRST_ID + at, named)
    for key, profile in device.about.profiles.items():
        number = leg_ids(device, key)[LEGS.index(leg)]
        yield _hidden(device, number, profile, f"{key}_{number}_proxy_{leg[-1]}", leg)


def _initiation(number: int, profile: InitiationProfile) -> dict[str, Any]:
    """One that the box uses as a TLS client of its own, of syslog servers for one."""
    return {"id": number, "profile": profile.name, "allow-non-ssl-sess": False, "preferred-ciphers": "medium",
            "nof-url-categories-conf": 0, "protocol-version": "all",
            "client-auth": profile.client_certificate or "none", "server-auth": _server_auth(profile),
            "trusted-ca": list(profile.trusted_ca)}


def _hidden(device: Device, number: int, profile: SslProxyProfile, name: str, leg: str) -> dict[str, Any]:
    """One of the two that the SSL proxy makes of its profile."""
    return {
        "id": number, "profile": name, "allow-non-ssl-sess": True, "preferred-ciphers": profile.preferred_ciphers or _UNSAID,
        "nof-url-categories-conf": len(profile.whitelist_url_categories),
        "protocol-version": profile.protocol_version or _UNSAID,
        "client-auth": "none", "server-auth": _server_auth(profile) if leg == "ssl-i" else "none",
        "crypto-mode": "software", "sess-resumption": not profile.disable_session_resumption,
        "crl-check": not profile.crl.disable, **_own_certificates(device, profile, leg),
        "renegotiation": profile.renegotiation, "custom-ciphers": list(profile.custom_ciphers),
        "decrypt-mirror": profile.mirror is not None, "trusted-ca": list(profile.trusted_ca)}


def _own_certificates(device: Device, profile: SslProxyProfile, leg: str) -> dict[str, Any]:
    """What clients are shown certificates with."""
    store = device.about.store
    if leg == "ssl-i" or store is None:
        return {"cert-rsa": "none", "cert-ecdsa": "none", "server-cert": []}
    kinds = {store.local[name].key_type: name for name in profile.root_ca if name in store.local}
    return {"cert-rsa": kinds.get("rsa", "none"), "cert-ecdsa": kinds.get("ecdsa", "none"),
            "server-cert": list(profile.server_certificate)}


def _server_auth(profile: SslProxyProfile | InitiationProfile) -> str:
    return "failures ignored" if profile.ignore_server_auth_failure else "required"


def _local(store: PkiStore, name: str, authority: Authority) -> dict[str, Any]:
    path = store.directory / LOCAL / name
    return {**_certificate(name, "LOCAL-CERT", authority.certificate),
            "cert-modify-time": _changed(path.with_name(f"{name}.crt")),
            "key-modify-time": _changed(path.with_name(f"{name}.key"))}


def _changed(path: Path) -> float | None:
    try:
        return path.stat().st_mtime
    except OSError:
        return None  # taken away since it was read


def _certificate(name: str, kind: str, certificate: x509.Certificate) -> dict[str, Any]:
    """The facts of a certificate; times are seconds since 1970, the serial number is hexadecimal."""
    serial = f"{certificate.serial_number:x}"
    algorithm = certificate.signature_algorithm_oid._name  # noqa: SLF001 - the library has no public word for it
    return {"cert-id": name, "cert-type": kind, "issuer": slash_form(certificate.issuer),
            "subject": slash_form(certificate.subject),
            "validity-not-before": certificate.not_valid_before_utc.timestamp(),
            "validity-not-after": certificate.not_valid_after_utc.timestamp(),
            "public-key-algorithm": certificate.public_key_algorithm_oid._name,  # noqa: SLF001 - as above
            "version": certificate.version.value + 1, "serial-number": serial.zfill(len(serial) + len(serial) % 2),
            "signature-algorithm": algorithm}
