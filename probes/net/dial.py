"""The way to the other end: its name resolved, a connection made, TLS on it where that is wanted."""

import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from ssl import SSLContext

from probes.net.connect import connect
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
) -> AsyncIterator[Stream]:
    """Give a fresh connection, under TLS where it is said whom to trust, closed in the end. Raises Failed.

    `server_name` stands in for the host in the certificate, `family` chooses among the host's addresses.
    """
    stream: Stream = (plain := await connect(tools, await resolve(tools, host, port, family=family)))
    try:
        if trust:
            stream = await secure(tools, plain, server_name or host, trust)
        yield stream
    finally:
        stream.close()
