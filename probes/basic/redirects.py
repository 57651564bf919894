"""Where a redirect leads, and what may be sent along (RFC 9110, section 15.4). Pure."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from urllib.parse import urljoin

from probes.net.http import Response
from probes.net.url import Url, read
from probes.result import Reason
from probes.tools import Failed

REDIRECTS = frozenset({301, 302, 303, 307, 308})
SEE_OTHER = 303
REWRITING = frozenset({301, 302})
SHOWN = 200  # characters of a path: twenty redirects fit into what is kept
# Addresses that a browser takes to another host than RFC 3986 does.
AMBIGUOUS = re.compile(r"[^?#]*\\|https?:(?!//[^/?#])|//(?![^/?#])", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked for. `login` is the value of Authorization; `ours` says that it is our own party's."""

    url: Url
    method: str
    headers: Mapping[str, str]
    body: bytes = b""
    login: str = ""
    ours: bool = True


def leads_on(response: Response) -> bool:
    """Say whether a response is a redirect that names an address."""
    return response.status in REDIRECTS and "location" in response.headers


def follow(asked: Asked, response: Response, begun: Url, hosts: Collection[str]) -> Asked:
    """Say what a redirect asks us to ask, from where we began. Raises Failed where we do not.

    It may lead to the host where we began, and to `hosts`.
    """
    url = _target(asked.url, response, begun, hosts)
    keeps = _keeps_method(response.status, asked.method)
    ours = url.origin == begun.origin
    if asked.body and keeps and not ours:
        told = f"redirected with {response.status}, but a body is not sent on to {url.host}"
        raise Failed(Reason.ASSERTION, told)
    if keeps:
        return replace(asked, url=url, ours=ours)
    headers = {name: text for name, text in asked.headers.items() if not name.lower().startswith("content-")}
    return replace(asked, url=url, ours=ours, method="GET", body=b"", headers=headers)


def _target(url: Url, response: Response, begun: Url, hosts: Collection[str]) -> Url:
    try:
        target = read(_joined(url, response.headers["location"]))
    except ValueError as error:
        told = f"redirected with {response.status} to what is no address"
        raise Failed(Reason.PROTOCOL, told) from error
    if target.host != begun.host and target.host not in hosts:
        told = f"redirected with {response.status} to {target.host}, which is not among redirect_hosts"
        raise Failed(Reason.ASSERTION, told)
    if url.scheme == "https" and target.scheme != "https":
        raise Failed(Reason.ASSERTION, f"redirected with {response.status} from https to http")
    return target


def _joined(url: Url, location: str) -> str:
    """Give the address that a header Location says. Raises ValueError."""
    where = location.encode("latin-1").decode("utf-8", "replace")
    if AMBIGUOUS.match(where):
        raise ValueError("is read in two ways")
    return urljoin(url.absolute, where)


def _keeps_method(status: int, method: str) -> bool:
    """Say whether the next request has the same method: 303 makes it GET, 301 and 302 do so for POST."""
    if status == SEE_OTHER:
        return method in ("GET", "HEAD")
    return method != "POST" or status not in REWRITING


def shown(url: Url) -> str:
    """Write an address without what its query may hold."""
    path, question, _ = url.target.partition("?")
    path = path if len(path) <= SHOWN else f"{path[:SHOWN]}…"
    return f"{url.scheme}://{url.authority}{path}{'?…' * bool(question)}"


def too_many(seen: Sequence[str]) -> Failed:
    """Say that there was one redirect too many."""
    times = len(seen) - 2
    loop = "in a loop " if len(set(seen)) < len(seen) else ""
    return Failed(Reason.HTTP_STATUS, f"redirected {loop}again after {times} redirect{'s' * (times != 1)}")
