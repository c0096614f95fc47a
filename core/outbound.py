"""The one HTTP client for addresses that people typed: public servers only, the checked address itself, no redirects, capped.

A name is resolved once; every address it has must be public, and the connection goes to one of these, so that a name which answers
differently the second time leads nowhere. One deadline covers resolving to reading, whatever the receiver does in between.
"""

import http.client
import ipaddress
import socket
import ssl
import threading
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings

SECONDS = 10.0
MOST = 64 * 1024  # bytes of an answer that are read
Address = ipaddress.IPv4Address | ipaddress.IPv6Address

NOT_PUBLIC = "This address does not lead to a public server. Use the https address of one."
UNREACHED = "The receiver could not be reached, or did not answer in time."
NAT64 = ipaddress.ip_network("64:ff9b::/96")
# What `is_global` lets through and yet leads inside, or nowhere: relays, retired and local ranges.
REFUSED = [
    ipaddress.ip_network(text)
    for text in ("100.64.0.0/10", "192.88.99.0/24", "64:ff9b:1::/48", "2001::/23", "2002::/16", "fec0::/10", "::/96", "3fff::/20")
]


class Refused(Exception):
    """The address is none we talk to."""


class Unreached(Exception):
    """Nobody answered."""


@dataclass(frozen=True)
class Answer:
    """What a receiver answered; `headers` by lower-case name, `body` at most the first 64 KiB."""

    status: int
    headers: dict[str, str]
    body: bytes


def is_public(address: Address) -> bool:
    """Whether a packet to this address leaves for a public server, also through the forms that carry an IPv4 address inside."""
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return is_public(address.ipv4_mapped)
        if address in NAT64:
            return is_public(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
    refused = any(address.version == network.version and address in network for network in REFUSED)
    return address.is_global and not address.is_multicast and not address.is_reserved and not refused


def check_url(url: str) -> None:
    """Raise `Refused` where the address cannot be one of a public server; names are looked up when something is sent."""
    _target(url)


def post(url: str, body: bytes, headers: dict[str, str], *, seconds: float = SECONDS) -> Answer:
    """Post to the address; raises `Refused` or `Unreached`. Redirects are answers like any other."""
    scheme, host, port, path = _target(url)
    address = _resolve(host, port)
    connection = _connection(scheme, host, port, address, seconds)
    # Socket time-outs begin anew with each byte; the timer does not.
    timer = threading.Timer(seconds, _cut, [connection.sock])
    timer.start()
    try:
        connection.request("POST", path, body=body, headers={"User-Agent": "Waymark", "Connection": "close", **headers})
        response = connection.getresponse()
        return Answer(response.status, {name.lower(): value for name, value in response.getheaders()}, response.read(MOST))
    except (OSError, http.client.HTTPException, ValueError, AttributeError) as error:
        raise Unreached(UNREACHED) from error
    finally:
        timer.cancel()
        connection.close()


def _target(url: str) -> tuple[str, str, int, str]:
    """(scheme, host, port, path) of an address we may talk to."""
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").rstrip(".").encode("idna").decode()
        port = {"https": 443, "http": 80}.get(parts.scheme, 0) if parts.port is None else parts.port
    except (ValueError, UnicodeError) as error:
        raise Refused(NOT_PUBLIC) from error
    schemes = {"https", "http"} if settings.OUTBOUND_LOOPBACK else {"https"}
    is_odd = any(char.isspace() or not char.isprintable() for char in url) or "\\" in url
    if parts.scheme not in schemes or not host or not port or parts.username is not None or parts.password is not None or is_odd:
        raise Refused(NOT_PUBLIC)
    with suppress(ValueError):
        _check(ipaddress.ip_address(host.strip("[]")))
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return parts.scheme, host, port, path.encode("ascii", "ignore").decode()


def _resolve(host: str, port: int) -> str:
    """An address of the host, all of whose addresses are public."""
    try:
        found = {entry[4][0] for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)}
    except (OSError, UnicodeError) as error:
        raise Unreached(UNREACHED) from error
    for text in found:
        _check(ipaddress.ip_address(str(text).partition("%")[0]))
    return sorted(map(str, found), key=lambda text: ":" in text)[0]


def _check(address: Address) -> None:
    if not is_public(address) and not (settings.OUTBOUND_LOOPBACK and address.is_loopback):
        raise Refused(NOT_PUBLIC)


def _connection(scheme: str, host: str, port: int, address: str, seconds: float) -> http.client.HTTPConnection:
    """A connection to the checked address that speaks to the host by its name."""
    try:
        raw = socket.create_connection((address, port), timeout=seconds)
        if scheme == "https":
            raw = ssl.create_default_context().wrap_socket(raw, server_hostname=host)
    except OSError as error:
        raise Unreached(UNREACHED) from error
    connection = http.client.HTTPConnection(host, port, timeout=seconds)
    connection.default_port = {"https": 443, "http": 80}[scheme]
    connection.sock = raw
    return connection


def _cut(line: socket.socket) -> None:
    with suppress(OSError):
        line.shutdown(socket.SHUT_RDWR)
