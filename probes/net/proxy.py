"""The step `proxy`: through an HTTP proxy (RFC 9110, section 9.3.6), or to it."""

from base64 import b64encode
from dataclasses import dataclass

from probes.net.connect import connect
from probes.net.http_reader import Reader
from probes.net.resolve import resolve
from probes.net.stream import Plain, Stream
from probes.result import NETWORK, Reason
from probes.tools import Failed, Tools

PHASE = "proxy"
REFUSED_LOGIN = 407


@dataclass(frozen=True, slots=True)
class Proxy:
    """Where the proxy listens, and the value of Proxy-Authorization, if it wants one."""

    host: str
    port: int
    authorization: str = ""


def basic(username: str, password: str) -> str:
    """Give the value of Authorization for a name and a password (RFC 7617)."""
    return f"Basic {b64encode(f'{username}:{password}'.encode()).decode()}"


async def to_proxy(tools: Tools, proxy: Proxy) -> Plain:
    """Connect to the proxy. Raises Failed.

    `proxy` where it is there and does not take us; what our own network explains as well keeps its reason.
    """
    hands = tools.within(PHASE)
    try:
        return await connect(hands, await resolve(hands, proxy.host, proxy.port))
    except Failed as failed:
        reason = failed.reason if _may_be_ours(failed.reason) else Reason.PROXY
        raise Failed(reason, f"on the way to the proxy: {failed.detail}") from failed


def _may_be_ours(reason: Reason) -> bool:
    return reason in NETWORK or reason is Reason.OVERLOAD


async def tunnel(tools: Tools, stream: Stream, proxy: Proxy, host: str, port: int) -> None:
    """Ask the proxy for a tunnel. Raises Failed (`proxy`) when it gives none."""
    reader = Reader(0, bodiless=True)
    hands = tools.within(PHASE)
    with hands.phase("connect", Reason.PROXY):
        try:
            await stream.write_all(_connect(proxy, host, port))
            while not reader.complete:
                reader.feed(await stream.read_some())
        except Failed as failed:
            raise Failed(Reason.PROXY, f"the proxy: {failed.detail}") from failed
    if not 200 <= reader.status < 300:
        raise refusal(reader.status)


def _connect(proxy: Proxy, host: str, port: int) -> bytes:
    authority = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    lines = [f"CONNECT {authority} HTTP/1.1", f"Host: {authority}"]
    if proxy.authorization:
        lines.append(f"Proxy-Authorization: {proxy.authorization}")
    return "\r\n".join([*lines, "", ""]).encode("latin-1")


def refusal(status: int) -> Failed:
    """Say what a proxy's refusal means."""
    if status == REFUSED_LOGIN:
        return Failed(Reason.PROXY, "the proxy refused our login, or wants one (407)")
    return Failed(Reason.PROXY, f"the proxy answered {status} when asked for a tunnel")
