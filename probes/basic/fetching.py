"""One request, by whatever way it takes: through a proxy, with a login, from redirect to redirect."""

import re
from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass as plain
from dataclasses import replace
from functools import lru_cache
from importlib import import_module
from typing import Annotated, Any, Literal
from urllib.parse import urljoin

from pydantic import AfterValidator, Field
from pydantic.dataclasses import dataclass

from checks import __version__
from checks.values import Flag, RuleError, Secret, Size, Whole
from probes.basic.credentials import (
    PHASE,
    Basic,
    OAuth2,
    forget,
    known_token,
    read_token,
    remember,
    token_request,
)
from probes.basic.texts import header_value
from probes.masking import forms
from probes.net.cookies import Cookies
from probes.net.decoding import ACCEPTED, decoded
from probes.net.dial import dial
from probes.net.http import MAX_BODY, Request, Response, exchange
from probes.net.options import STRICT, Addressed, Trusting
from probes.net.proxy import REFUSED_LOGIN, Proxy, basic, refusal
from probes.net.stream import Stream
from probes.net.trust import Policy, context
from probes.net.url import Url, hosts, parse, read
from probes.result import Reason
from probes.tools import Failed, Tools

AGENT = f"watchkeeper/{__version__}"
ALPN = ("http/1.1",)
REDIRECTS = frozenset({301, 302, 303, 307, 308})
SEE_OTHER = 303
# Addresses that a browser takes to another host than RFC 3986 does.
AMBIGUOUS = re.compile(r"[^?#]*\\|https?:(?!//[^/?#])|//(?![^/?#])", re.IGNORECASE)
REWRITING = frozenset({301, 302})
TELLING = 6  # characters from which on a value is masked: all of a shorter one is everywhere
SESSION = 12  # such of a cookie's value: shorter ones are words such as "english"


def _proxy_url(text: str) -> str:
    url = parse(text)
    if url.scheme != "http" or url.target != "/":
        raise RuleError("must be the http URL of a proxy, such as http://proxy.example.com:3128")
    return text


def _bearer(token: Secret) -> Secret:
    if not header_value(token.reveal()):
        raise RuleError("must be a token without line ends and control characters")
    return token


@dataclass(frozen=True, slots=True, kw_only=True, config=STRICT)
class ProxyOptions:
    """An HTTP proxy on the way."""

    url: Annotated[str, AfterValidator(_proxy_url)]
    """Where it listens, such as http://proxy.example.com:3128."""

    username: str = ""
    """Who we are to it, where it wants to know."""

    password: Secret | None = None
    """The password for that."""

    def __post_init__(self) -> None:
        if bool(self.username) != (self.password is not None):
            raise RuleError("must have both username and password, or neither")
        if ":" in self.username:
            raise RuleError("must have a username without a colon")

    def proxy(self) -> Proxy:
        """Give it as the connection engine takes it."""
        url = parse(self.url)
        login = basic(self.username, self.password.reveal()) if self.username and self.password else ""
        return Proxy(url.host, url.port, login)


@plain(frozen=True, slots=True)
class Asked:
    """What is asked for. `login` is the value of Authorization; `ours` says that it is our own party's."""

    url: Url
    method: str
    headers: Mapping[str, str]
    body: bytes = b""
    login: str = ""
    ours: bool = True


@dataclass(frozen=True, kw_only=True, config=STRICT)
class Fetching(Trusting, Addressed):
    """Whoever makes requests."""

    redirects: Annotated[Whole, Field(ge=0, le=20)] = 0
    """How many redirects are followed; where none is, the status of a redirect is judged like any."""

    redirect_hosts: Annotated[tuple[str, ...], AfterValidator(hosts)] = ()
    """Further hosts that redirects may lead to; the own one always is."""

    proxy: ProxyOptions | None = None
    """The HTTP proxy through which requests go."""

    basic: Basic | None = None
    """A name and a password to send."""

    bearer: Annotated[Secret, AfterValidator(_bearer)] | None = None
    """A token to send."""

    oauth2: OAuth2 | None = None
    """Client credentials for which a token is fetched first."""

    http_version: Literal["1.1", "2"] = "1.1"
    """The version of HTTP that is spoken: 1.1, or 2, which needs https."""

    compression: Flag = False
    """Whether gzip, br and zstd are accepted, and undone before the body is judged."""

    max_body: Size = MAX_BODY
    """How much of a body is read, and how much it may be once it is decoded; more is too_large."""

    def __post_init__(self) -> None:
        if self.key_file and not self.cert_file:
            raise RuleError(self.needs)
        if sum(each is not None for each in (self.basic, self.bearer, self.oauth2)) > 1:
            raise RuleError("must have one of basic, bearer and oauth2")

    # --- the login

    @property
    def has_login(self) -> bool:
        """Say whether a request says who asks."""
        return self.basic is not None or bool(self.bearer) or self.oauth2 is not None

    async def login(self, tools: Tools) -> str:
        """Give the value of Authorization, empty for none. Raises Failed where no token is given."""
        if self.basic:
            value = basic(self.basic.username, self.basic.password.reveal())
            hide(tools, value.partition(" ")[2])
            return value
        if self.bearer:
            return f"Bearer {self.bearer.reveal()}"
        return f"Bearer {await self._token(tools, self.oauth2)}" if self.oauth2 else ""

    async def _token(self, tools: Tools, oauth2: OAuth2) -> str:
        text = known_token(oauth2, tools.time())
        if not text:
            try:
                text = await self._fresh_token(tools, oauth2)
            except Failed as failed:
                raise Failed(failed.reason, f"on the way to a token: {failed.detail}") from failed
        hide(tools, text)
        return text

    async def _fresh_token(self, tools: Tools, oauth2: OAuth2) -> str:
        hands, url = tools.within(PHASE), parse(oauth2.token_url)
        async with self._reached(hands, url, ALPN, ours=False) as stream:
            request = self._forwarded(url, token_request(oauth2, AGENT))
            hide(tools, request.headers.get("Authorization", "").partition(" ")[2])
            response = await exchange(hands, stream, request)
        token = read_token(response, tools.time())
        remember(oauth2, token)
        return token.text

    def refused(self, asked: Asked, response: Response) -> Failed | None:
        """Say so where a response means that our login was refused: one that was sent."""
        if response.status != 401 or not (asked.login and asked.ours):
            return None
        if self.oauth2:
            forget(self.oauth2)
        return Failed(Reason.AUTH_REJECTED, "answered 401: the login was refused")

    # --- the way

    async def fetch(self, tools: Tools, asked: Asked, cookies: Cookies) -> tuple[Response, Asked]:
        """Ask, and follow redirects as far as that is allowed; give the last response, and to what."""
        begun, seen = asked.url, [asked.url.absolute]
        while True:
            response = await self.once(tools, self.request(asked, cookies), asked)
            cookies.take(asked.url, response.cookies)
            hide(tools, *(value for value in cookies.values().values() if len(value) >= SESSION))
            if not self._leads_on(response):
                break
            asked = self._next(asked, response, begun)
            _note_hop(tools, response, asked.url, seen)
            if len(seen) > self.redirects + 1:
                raise _too_many(seen)
        if self.redirects:
            tools.fact("redirects", len(seen) - 1)
        return response, asked

    async def once(self, tools: Tools, request: Request, asked: Asked) -> Response:
        """Make one request on a connection of its own."""
        if self.proxy and self.proxy.password:
            hide(tools, self.proxy.proxy().authorization.partition(" ")[2])
        new = _http2() if self.http_version == "2" else None
        async with self._reached(tools, asked.url, new.ALPN if new else ALPN, ours=asked.ours) as stream:
            response = await (new.exchange if new else exchange)(tools, stream, request, self.max_body)
        if self.proxy and asked.url.scheme == "http" and response.status == REFUSED_LOGIN:
            raise refusal(response.status)
        encoding = response.headers.get("content-encoding", "") if self.compression else ""
        if encoding and response.body:
            body, size = response.body, len(response.body)
            response = replace(response, body=decoded(body, encoding, self.max_body), encoded=size)
        return response

    def _reached(
        self, tools: Tools, url: Url, alpn: Sequence[str], *, ours: bool
    ) -> AbstractAsyncContextManager[Stream]:
        """Give a connection; to others we show no certificate."""
        trust = None
        if url.scheme == "https":
            policy = Policy(self.ca_file, min_tls=self.min_tls, alpn=tuple(alpn))
            trust = self.trust(alpn) if ours else context(policy)
        name, proxy = self.server_name if ours else "", self.proxy.proxy() if self.proxy else None
        return dial(tools, url.host, url.port, trust, server_name=name, family=self.family, proxy=proxy)

    def request(self, asked: Asked, cookies: Cookies) -> Request:
        """Write a request; what says who we are goes to our own party only."""
        given = dict(asked.headers) if asked.ours else {}
        if asked.ours and asked.login:
            given["Authorization"] = asked.login
        if cookie := cookies.header(asked.url):
            name = next((name for name in given if name.lower() == "cookie"), "Cookie")
            given[name] = f"{given[name]}; {cookie}" if name in given else cookie
        named = {name.lower() for name in given}
        usual = {name: value for name, value in self._usual(asked.url).items() if name.lower() not in named}
        headers = {**usual, **given, "Connection": "close"}
        request = Request(method=asked.method, target=asked.url.target, headers=headers, body=asked.body)
        return self._forwarded(asked.url, request)

    def _forwarded(self, url: Url, request: Request) -> Request:
        """Write a request so that a proxy forwards it, where one is to do that (RFC 9112, section 3.2.2)."""
        if not self.proxy or url.scheme != "http":
            return request
        login = self.proxy.proxy().authorization
        headers = {**request.headers, **({"Proxy-Authorization": login} if login else {})}
        return replace(request, target=url.absolute, headers=headers)

    def _usual(self, url: Url) -> Mapping[str, str]:
        return {
            "Host": url.authority,
            "User-Agent": AGENT,
            "Accept": "*/*",
            "Accept-Encoding": ACCEPTED if self.compression else "identity",
        }

    # --- redirects

    def _leads_on(self, response: Response) -> bool:
        return bool(self.redirects) and response.status in REDIRECTS and "location" in response.headers

    def _next(self, asked: Asked, response: Response, begun: Url) -> Asked:
        """Say what a redirect asks us to ask (RFC 9110, section 15.4). Raises Failed where we do not."""
        url = self._target(asked.url, response, begun)
        keeps = _keeps_method(response.status, asked.method)
        ours = url.origin == begun.origin
        if asked.body and keeps and not ours:
            raise Failed(
                Reason.ASSERTION,
                f"redirected with {response.status}, but a body is not sent on to {url.host}",
            )
        if keeps:
            return replace(asked, url=url, ours=ours)
        headers = {
            name: text for name, text in asked.headers.items() if not name.lower().startswith("content-")
        }
        return replace(asked, url=url, ours=ours, method="GET", body=b"", headers=headers)

    def _target(self, url: Url, response: Response, begun: Url) -> Url:
        try:
            target = read(_joined(url, response.headers["location"]))
        except ValueError as error:
            raise Failed(
                Reason.PROTOCOL, f"redirected with {response.status} to what is no address"
            ) from error
        if target.host != begun.host and target.host not in self.redirect_hosts:
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


@lru_cache(maxsize=1)
def _http2() -> Any:
    """Give the module that speaks HTTP/2, whose library is loaded where somebody asks for it."""
    return import_module("probes.net.http2")


def _note_hop(tools: Tools, response: Response, url: Url, seen: list[str]) -> None:
    seen.append(url.absolute)
    hops = tools.learned.evidence.setdefault("redirects", [])
    hops.append(f"{response.status} to {shown(url)}")


def hide(tools: Tools, *values: str) -> None:
    """Keep values out of what is told, also as they look when they have been sent."""
    for value in values:
        if len(value) >= TELLING:
            tools.learned.secrets |= forms(value)


def shown(url: Url) -> str:
    """Write an address without what its query may hold."""
    path, question, _ = url.target.partition("?")
    return f"{url.scheme}://{url.authority}{path}{'?…' * bool(question)}"


def _too_many(seen: Sequence[str]) -> Failed:
    times = len(seen) - 2
    loop = "in a loop " if len(set(seen)) < len(seen) else ""
    return Failed(Reason.HTTP_STATUS, f"redirected {loop}again after {times} redirect{'s' * (times != 1)}")
