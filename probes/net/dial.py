"""The way to the other end: its name resolved, a connection made, TLS on it where that is wanted."""

import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from ssl import SSLContext

from probes.net.connect import connect
from probes.net.proxy import Proxy, to_proxy, tunnel
from probes.net.resolve import resolve
from probes.net.stream import Stream
from probes.net.tls import secure
from probes.tools import Tools


@asynccontextmanager
async def dial(
    tools: Tools,
    host: str,
    port: int,
    trust: SSLContext | None = None,
    *,
    server_name: str = "",
    family: socket.AddressFamily = socket.AF_UNSPEC,
    proxy: Proxy | None = None,
) -> AsyncIterator[Stream]:
    """Give a fresh connection, under TLS where it is said whom to trust, closed in the end. Raises Failed.

    `server_name` stands in for the host in the certificate, `family` chooses among the host's addresses.
    With a proxy it is a tunnel through that, or without TLS just a connection to it.
    """
    if proxy:
        plain = await to_proxy(tools, proxy)
    else:
        plain = await connect(tools, await resolve(tools, host, port, family=family))
    stream: Stream = plain
    try:
        if trust:
            if proxy:
                await tunnel(tools, plain, proxy, host, port)
            # No certificate names the root, nor does SNI (RFC 6066, section 3).
            stream = await secure(tools, plain, (server_name or host).removesuffix("."), trust)
        yield stream
    finally:
        stream.close()
