"""The client for typed addresses: it talks to public servers only, and never for long."""

import ipaddress
import socket
import threading
import time
from contextlib import contextmanager

import pytest

from core import outbound

INSIDE = [
    "0.0.0.0", "10.0.0.1", "100.64.0.1", "127.0.0.1", "127.8.9.1", "169.254.169.254", "172.16.0.1", "192.0.0.1", "192.88.99.1",
    "192.168.1.1", "198.18.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255", "::", "::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1",
    "::127.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a00:1", "64:ff9b:1::1", "2001:0:7f00:1::", "2002:7f00:1::", "2001:db8::1",
    "fc00::1", "fd00:ec2::254", "fe80::1", "fec0::1", "ff02::1", "3fff::1",
]  # fmt: skip
OUTSIDE = [
    "1.1.1.1", "8.8.8.8", "93.184.215.14", "2606:4700:4700::1111", "64:ff9b::808:808", "::ffff:8.8.8.8",
]  # fmt: skip
ODD = [
    "http://example.com/", "ftp://example.com/", "file:///etc/passwd", "https://", "https:///x", "javascript:alert(1)", "//example.com",
    "https://user@example.com/", "https://user:pass@example.com/", "https://127.0.0.1/", "https://[::1]/", "https://[::ffff:127.0.0.1]/",
    "https://169.254.169.254/latest/meta-data/", "https://example.com:0/", "https://example.com:99999/", "https://example.com:x/",
    "https://exa mple.com/", "https://example.com\\@127.0.0.1/", "https://example.com/\r\nHost: x", "https://[fe80::1%25eth0]/", "https://.",
    "https://" + "a" * 300 + ".com/", "",
]  # fmt: skip


@pytest.mark.parametrize("text", INSIDE)
def test_an_address_inside_is_refused(text):
    assert not outbound.is_public(ipaddress.ip_address(text))


@pytest.mark.parametrize("text", OUTSIDE)
def test_an_address_outside_is_let_through(text):
    assert outbound.is_public(ipaddress.ip_address(text))


@pytest.mark.parametrize("url", ODD)
def test_an_odd_url_is_refused_without_a_look_at_the_network(url, monkeypatch):
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **kwargs: pytest.fail("looked up"))
    with pytest.raises(outbound.Refused, match="public server"):
        outbound.check_url(url)


@pytest.mark.parametrize(
    "host", ["2130706433", "0x7f000001", "017700000001", "127.1", "0", "localhost", "localhost.", "①②⑦.0.0.1", "ⓛocalhost"]
)
def test_another_spelling_of_this_machine_is_refused_once_it_is_resolved(host):
    with pytest.raises((outbound.Refused, outbound.Unreached)):
        outbound.post(f"https://{host}/", b"{}", {}, seconds=2)


def answering(monkeypatch, *addresses: str) -> list:
    asked = []

    def resolve(host, port, **kwargs):
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in addresses]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    return asked


def test_one_private_address_among_public_ones_is_enough_to_refuse(monkeypatch):
    answering(monkeypatch, "93.184.215.14", "10.0.0.1")
    monkeypatch.setattr(socket, "create_connection", lambda *args, **kwargs: pytest.fail("connected"))
    with pytest.raises(outbound.Refused):
        outbound.post("https://example.com/", b"{}", {})


def test_the_connection_goes_to_the_address_that_was_checked(monkeypatch):
    asked, connected = answering(monkeypatch, "93.184.215.14"), []

    def connect(address, timeout):
        connected.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "create_connection", connect)
    with pytest.raises(outbound.Unreached):
        outbound.post("https://example.com/x", b"{}", {})
    assert (asked, connected) == (["example.com"], [("93.184.215.14", 443)])


@contextmanager
def receiver(behave):
    """A server on this machine that does with each connection what `behave(connection)` says."""
    server = socket.create_server(("127.0.0.1", 0))

    def serve():
        while True:
            try:
                line, _ = server.accept()
            except OSError:
                return
            with line:
                try:
                    _hear(line)
                    behave(line)
                except OSError:
                    pass

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.getsockname()[1]}/hook"
    finally:
        server.close()


def _hear(line):
    """The whole of what `ask` sends is read: a connection closed over unread bytes is reset, and takes its answer with it."""
    heard = b""
    while not heard.endswith(b"\r\n\r\n{}") and (more := line.recv(65536)):
        heard += more


@pytest.fixture
def loopback(settings):
    settings.OUTBOUND_LOOPBACK = True


def ask(behave, seconds=2.0):
    with receiver(behave) as url:
        return outbound.post(url, b"{}", {}, seconds=seconds)


def test_an_answer_is_read(loopback):
    answer = ask(lambda line: line.sendall(b"HTTP/1.1 204 No Content\r\nX-Y: z\r\n\r\n"))
    assert (answer.status, answer.headers["x-y"]) == (204, "z")


def test_a_redirect_is_an_answer_and_is_not_followed(loopback):
    answer = ask(lambda line: line.sendall(b"HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/\r\nContent-Length: 0\r\n\r\n"))
    assert answer.status == 302


def test_a_huge_answer_is_cut(loopback):
    answer = ask(lambda line: line.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 90000000\r\n\r\n" + b"x" * 1_000_000))
    assert len(answer.body) == outbound.MOST


@pytest.mark.parametrize(
    "behave",
    [
        lambda line: time.sleep(3),
        lambda line: [line.sendall(b"H"), *(_trickle(line) for _ in range(40))],
        lambda line: line.sendall(b"nonsense\r\n\r\n"),
        lambda line: line.close(),
        lambda line: line.sendall(b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 500),
    ],
    ids=["silent", "trickling", "nonsense", "closing", "endless headers"],
)
def test_a_receiver_that_misbehaves_costs_little_time(loopback, behave):
    began = time.monotonic()
    with pytest.raises(outbound.Unreached, match="could not be reached"):
        ask(behave, seconds=1.0)
    assert time.monotonic() - began < 2.5


def _trickle(line):
    time.sleep(0.1)
    line.sendall(b"T")
