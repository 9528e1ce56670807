"""The address that phones can reach: a laptop has several, and that in the teacher's browser may be none of them."""

from __future__ import annotations

import socket
from collections.abc import Iterable
from ipaddress import IPv4Address, ip_address
from urllib.parse import urlsplit

import psutil

LONGEST = 200


def candidates(own: str, base: str = "") -> list[str]:
    """Addresses at which phones may find this server, the likeliest first.

    Args:
        own: the address in the teacher's browser, of any page.
        base: the path below which the app lies, if it does.
    """
    here = urlsplit(own if "://" in own else f"http://{own}")
    path = base.strip("/")
    below = f"/{path}" if path else ""
    port = f":{here.port}" if here.port else ""
    first = [] if is_loopback(here.hostname or "") else [f"{here.scheme}://{here.netloc}{below}"]
    if is_loopback(here.hostname or "") or _is_number(here.hostname or ""):
        first += [f"http://{address}{port}{below}" for address in own_numbers()]
    return list(dict.fromkeys([*first, f"{here.scheme}://{here.netloc}{below}"]))


def own_numbers() -> list[str]:
    """The IPv4 addresses of this computer, those of a home or a school first."""
    found = [
        ip_address(address.address)
        for name, addresses in psutil.net_if_addrs().items()
        for address in addresses
        if address.family == socket.AF_INET and not name.startswith(("docker", "br-", "veth", "virbr"))
    ]
    return [str(one) for one in sorted(_usable(found), key=lambda one: (not one.is_private, int(one)))]


def is_loopback(host: str) -> bool:
    """Whether only this computer itself can reach this host.

    >>> is_loopback("localhost"), is_loopback("127.0.0.1"), is_loopback("192.168.1.7"), is_loopback("school.example")
    (True, True, False, False)
    """
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def host_of(address: str) -> str:
    """The host in an address."""
    return urlsplit(address).hostname or ""


def read_address(typed: str) -> str | None:
    """An address that a teacher typed, in one form; None where it is none.

    >>> read_address("192.168.1.7:8501/"), read_address("https://school.example/app/"), read_address("javascript:x")
    ('http://192.168.1.7:8501', 'https://school.example/app', None)
    """
    text = typed.strip()
    text = text if "://" in text else f"http://{text}"
    try:
        found = urlsplit(text)
        fits = found.port is None or found.port > 0
    except ValueError:
        return None
    host = found.hostname or ""
    plain = host.isascii() and all(sign.isalnum() or sign in ".-:" for sign in host) and any(map(str.isalnum, host))
    if not (fits and plain) or found.scheme not in ("http", "https") or len(text) > LONGEST or found.username:
        return None
    if found.netloc.count(":") == 1 and not found.netloc.rpartition(":")[2].isdigit():
        return None
    path = found.path.rstrip("/")
    if not path.isascii() or any(sign.isspace() or sign in "\"'<>\\" for sign in path):
        return None
    return f"{found.scheme}://{found.netloc}{path}"


def _usable(found: Iterable[object]) -> list[IPv4Address]:
    return [one for one in found if isinstance(one, IPv4Address) and not (one.is_loopback or one.is_link_local)]


def _is_number(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
