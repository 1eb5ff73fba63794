"""Which address a request came from, when proxies of ours or a liar stand in front."""

import socket

import pytest
from django.test import RequestFactory

from governance.net import can_listen, client_address, is_loopback

PROXY = "10.0.0.9"


@pytest.mark.parametrize(
    ("hops", "header", "expected"),
    [
        (0, "", PROXY),
        (0, "1.2.3.4", PROXY),  # no proxy of ours: the header is the client's own words
        (1, "1.2.3.4", "1.2.3.4"),
        (1, "6.6.6.6, 1.2.3.4", "1.2.3.4"),  # the left entry came with the request
        (2, "6.6.6.6, 1.2.3.4, 10.0.0.8", "1.2.3.4"),
        (2, "1.2.3.4", PROXY),  # a hop is missing: believe nothing
        (1, "not an address", PROXY),
        (1, "", PROXY),
        (1, "2001:db8::1", "2001:db8::1"),
    ],
)
def test_client_address(settings, hops, header, expected):
    """Only what our own proxies appended is believed."""
    settings.PROXY_HOPS = hops
    extra = {"HTTP_X_FORWARDED_FOR": header} if header else {}
    assert client_address(RequestFactory().get("/", REMOTE_ADDR=PROXY, **extra)) == expected


@pytest.mark.parametrize(
    ("host", "answer"),
    [
        ("127.0.0.1", True),
        ("127.8.8.8", True),
        ("[::1]", True),
        ("localhost", True),
        ("0.0.0.0", False),
        ("::", False),
        ("192.168.1.5", False),
        ("localhost.example", False),
        ("*", False),
    ],
)
def test_is_loopback(host, answer):
    """The demo answers on these and no others."""
    assert is_loopback(host) is answer


def test_a_taken_port_is_noticed():
    """Before anything is prepared, not after."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        assert not can_listen("127.0.0.1", taken.getsockname()[1])
