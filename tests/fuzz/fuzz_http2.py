"""A response of HTTP/2."""

from contextlib import suppress

from h2.config import H2Configuration
from h2.connection import H2Connection

from probes.net.http import Request
from probes.net.http2 import Exchange
from probes.tools import Failed

MOST = 4096
ASKED = Request(method="POST", target="/", headers={"Host": "a"}, body=b"hello")


def _answer(status: str, body: bytes) -> bytes:
    """Let the library answer; both ends number their streams alike."""
    client = H2Connection(H2Configuration(client_side=True))
    server = H2Connection(H2Configuration(client_side=False))
    client.initiate_connection()
    server.initiate_connection()
    client.send_headers(1, [(":method", "GET"), (":path", "/"), (":scheme", "https"), (":authority", "a")])
    server.receive_data(client.data_to_send())
    server.send_headers(1, [(":status", status), ("set-cookie", "a=b"), ("x", "y")])
    server.send_data(1, body, end_stream=True)
    return server.data_to_send()


SEEDS = (_answer("200", b"hello"), _answer("503", b""), b"\x00\x00\x00\x04\x00\x00\x00\x00\x00")


def one(data: bytes) -> None:
    """Read it whole."""
    exchanged = Exchange(ASKED, MOST)
    exchanged.outgoing()
    with suppress(Failed):
        exchanged.feed(data)
        assert isinstance(exchanged.outgoing(), bytes)
    if exchanged.complete:
        assert len(exchanged.response().body) <= MOST
