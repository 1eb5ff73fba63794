"""Small questions about network addresses."""

import ipaddress
import socket


def is_loopback(host: str) -> bool:
    """Whether `host` (name or address, brackets allowed) can only be reached from this machine."""
    host = host.strip("[]")
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def can_listen(host: str, port: int) -> bool:
    """Whether nobody listens on the address yet."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        # As gunicorn does: a port in TIME_WAIT from the last run is free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def client_address(request) -> str:
    """The address a request came from, for locking out and for the trail.

    Behind PROXY_HOPS reverse proxies of ours it is what the outermost of them saw: the entries
    further left were written by the client and may say anything.
    """
    from django.conf import settings

    direct = request.META.get("REMOTE_ADDR", "")
    if not settings.PROXY_HOPS:
        return direct
    seen = [entry.strip() for entry in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")]
    candidate = seen[-settings.PROXY_HOPS] if len(seen) >= settings.PROXY_HOPS else direct
    try:
        return str(ipaddress.ip_address(candidate))
    except ValueError:
        return direct
