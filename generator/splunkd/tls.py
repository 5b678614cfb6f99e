"""A certificate for a server that nobody vouches for: made once, kept beside the data, good for a year."""

from __future__ import annotations

import datetime
import ipaddress
import ssl
from typing import TYPE_CHECKING

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from generator.splunkd.disk import write_atomic

if TYPE_CHECKING:
    from pathlib import Path

_DAYS = 365


def certificate(folder: Path, host: str, now: float) -> Path:
    """Return the file that holds key and certificate, made where there is none, it is not for `host`, or it ends within a day.

    Raises:
        RepositoryError: it cannot be written.
    """
    file = folder / "server.pem"
    try:
        own: x509.GeneralName = x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        own = x509.DNSName(host)
    at = datetime.datetime.fromtimestamp(now, datetime.UTC)
    if file.is_file():
        try:
            known = x509.load_pem_x509_certificate(file.read_bytes())
            listed = known.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
            if known.not_valid_after_utc > at + datetime.timedelta(days=1) and own in listed:
                return file
        except (ValueError, x509.ExtensionNotFound):
            pass  # a damaged certificate is made anew
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "contentpack serve")])
    names: list[x509.GeneralName] = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    names.append(x509.IPAddress(ipaddress.ip_address("::1")))
    if own not in names:
        names.append(own)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(at - datetime.timedelta(hours=1))
        .not_valid_after(at + datetime.timedelta(days=_DAYS))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .sign(key, hashes.SHA256())
    )
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    write_atomic(file, secret + made.public_bytes(serialization.Encoding.PEM))
    return file


def context(file: Path) -> ssl.SSLContext:
    """Return the server's side of TLS with a key and certificate."""
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.minimum_version = ssl.TLSVersion.TLSv1_2
    made.load_cert_chain(file)
    return made
