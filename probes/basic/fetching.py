"""One request, by whatever way it takes: through a proxy, with a login, from redirect to redirect."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from functools import lru_cache
from importlib import import_module
from typing import Annotated, Any, Literal

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
from probes.basic.redirects import Asked, follow, leads_on, shown, too_many
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
from probes.net.url import Url, hosts, parse
from probes.result import Reason
from probes.tools import Failed, Tools

AGENT = f"watchkeeper/{__version__}"
ALPN = ("http/1.1",)
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
            raise RuleError("must have at most one of basic, bearer and oauth2")

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

    @property
    def connects_to(self) -> str:
        """Say which host is connected to where it is not the one that is asked: the proxy."""
        return self.proxy.proxy().host if self.proxy else ""

    async def fetch(self, tools: Tools, asked: Asked, cookies: Cookies) -> tuple[Response, Asked]:
        """Ask, and follow redirects as far as that is allowed; give the last response, and to what."""
        begun, seen = asked.url, [asked.url.absolute]
        while True:
            response = await self.once(tools, self.request(asked, cookies), asked)
            cookies.take(asked.url, response.cookies)
            hide(tools, *(value for value in cookies.values().values() if len(value) >= SESSION))
            if not (self.redirects and leads_on(response)):
                break
            asked = follow(asked, response, begun, self.redirect_hosts)
            seen.append(asked.url.absolute)
            hops = tools.learned.evidence.setdefault("redirects", [])
            hops.append(f"{response.status} to {shown(asked.url)}")
            if len(seen) > self.redirects + 1:
                raise too_many(seen)
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


@lru_cache(maxsize=1)
def _http2() -> Any:
    """Give the module that speaks HTTP/2, whose library is loaded where somebody asks for it."""
    return import_module("probes.net.http2")


def hide(tools: Tools, *values: str) -> None:
    """Keep values out of what is told, also as they look when they have been sent."""
    for value in values:
        if len(value) >= TELLING:
            tools.learned.secrets |= forms(value)
