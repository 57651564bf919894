from asyncio import StreamReader, StreamWriter

import pytest

from probes.net.dial import dial
from probes.net.trust import Policy, context
from probes.result import Reason
from probes.tools import Failed
from tests.fakes.badhttp import serving, silence
from tests.probes.asking import sockets, tools


async def test_the_steps_are_timed_one_by_one() -> None:
    hands = tools()
    async with serving(silence) as port, dial(hands, "localhost", port):
        pass

    assert list(hands.learned.phases) == ["resolve", "connect"]
    assert all(seconds > 0 for seconds in hands.learned.phases.values())


async def test_the_connection_is_closed_after_an_error_of_whoever_uses_it() -> None:
    async with serving(silence) as port:
        before = sockets()
        with pytest.raises(ZeroDivisionError):
            async with dial(tools(), "127.0.0.1", port):
                raise ZeroDivisionError

        assert sockets() - before <= 1  # the server's end


async def test_the_connection_is_closed_where_tls_fails(ca_file: str) -> None:
    async def hangs_up(reader: StreamReader, writer: StreamWriter) -> None:
        await reader.read(1)

    async with serving(hangs_up) as port:
        before = sockets()
        with pytest.raises(Failed) as failed:
            async with dial(tools(), "127.0.0.1", port, context(Policy(ca_file))):
                pass

        assert failed.value.reason is Reason.TLS_HANDSHAKE
        assert sockets() - before <= 1  # the server's end
