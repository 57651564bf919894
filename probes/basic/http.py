"""Kind `http`: one request, and what its response must be like."""

from collections.abc import Mapping
from dataclasses import field
from datetime import UTC
from email.utils import parsedate_to_datetime
from functools import lru_cache
from typing import Annotated, ClassVar

from pydantic import AfterValidator
from pydantic.dataclasses import dataclass

from checks.values import RuleError, Secret
from probes.basic.expectations import Expecting
from probes.basic.fetching import Fetching
from probes.basic.redirects import Asked
from probes.basic.seen import keep
from probes.basic.texts import read_headers, read_method, read_url
from probes.net.certificate import CERTIFICATE_FACTS
from probes.net.cookies import Cookies
from probes.net.http import Request, Response
from probes.net.http_reader import length
from probes.net.options import STRICT
from probes.net.url import parse
from probes.remembered import ByIdentity
from probes.tools import Fact, Tools

LONGEST_DATE = 64  # characters
RESPONSE_FACTS = (
    Fact("status_code", "", "Status of the last response.", "probe_http_status_code"),
    Fact("content_length", "bytes", "Length of the last response's body, as declared or else as received."),
    Fact(
        "body_size",
        "bytes",
        "Length of the last response's body once it is decoded, with compression.",
        "probe_http_uncompressed_body_length",
    ),
    Fact("version", "", "HTTP version of the last response."),
    Fact("redirects", "", "How many redirects were followed, where they are."),
    Fact(
        "last_modified",
        "seconds",
        "When the last response says that it was modified, in Unix time.",
        "probe_http_last_modified_timestamp_seconds",
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True, config=STRICT)
class Http(Expecting, Fetching):
    """One request, on a fresh connection, and what its answer must be like. TLS is always verified."""

    kind: ClassVar[str] = "http"
    least_spacing: ClassVar[float] = 1.0
    facts: ClassVar[tuple[Fact, ...]] = (*RESPONSE_FACTS, *CERTIFICATE_FACTS)

    example: ClassVar[str] = """\
service: intranet
kind: http
url: https://intranet.example.com/health
expect_status: 200
expect_body: '"ok"'
slow_after: 2s
"""

    url: Annotated[str, AfterValidator(read_url)]
    """The address, beginning with https:// or http://."""

    method: Annotated[str, AfterValidator(read_method)] = "GET"
    """The method, in capital letters."""

    headers: Annotated[Mapping[str, Secret], AfterValidator(read_headers)] = field(default_factory=dict)
    """Further headers, whose values are secret; Host, User-Agent and Accept may be replaced."""

    body: str = ""
    """What is sent after the headers."""

    def __post_init__(self) -> None:
        Fetching.__post_init__(self)
        if self.http_version == "2" and parse(self.url).scheme != "https":
            raise RuleError("must have an https URL for http_version 2")
        if self.has_login and any(name.lower() == "authorization" for name in self.headers):
            raise RuleError("must not have the header Authorization beside basic, bearer or oauth2")
        self.check_possible(self.method, self.max_body)

    def host(self) -> str:
        """Say whom the attempt goes to, in lower case."""
        return parse(self.url).host

    async def ask(self, tools: Tools) -> None:
        """Ask once, on a fresh connection. Raise Failed when the answer is not as expected."""
        response, asked = await self._response(tools)
        note(tools, response, decoded=self.compression)
        failed = None if self.welcomes(401) else self.refused(asked, response)
        if failed:
            keep(tools, response)
            raise failed
        self.judge(tools, response)

    async def _response(self, tools: Tools) -> tuple[Response, Asked]:
        asked, request = _plan(self)
        if not self.redirects and not self.has_login:
            return await self.once(tools, request, asked), asked
        asked = Asked(asked.url, asked.method, asked.headers, asked.body, await self.login(tools))
        return await self.fetch(tools, asked, Cookies())


def _planned(probe: Http) -> tuple[Asked, Request]:
    """Give what is the same in each attempt."""
    headers = {name: value.reveal() for name, value in probe.headers.items()}
    asked = Asked(parse(probe.url), probe.method, headers, probe.body.encode())
    return asked, probe.request(asked, Cookies())


_plan: ByIdentity[Http, tuple[Asked, Request]] = ByIdentity(_planned)


def note(tools: Tools, response: Response, *, decoded: bool) -> None:
    """Keep the facts of a response."""
    declared = length(response.headers.get("content-length", ""))
    received = len(response.body) if response.encoded is None else response.encoded
    tools.fact("status_code", response.status)
    tools.fact("content_length", received if declared is None else declared)
    tools.fact("version", float(response.version))
    if decoded:
        tools.fact("body_size", len(response.body))
    modified = response.headers.get("last-modified", "")
    if modified and len(modified) <= LONGEST_DATE and (at := _unix(modified)) is not None:
        tools.fact("last_modified", at)


@lru_cache(maxsize=1024)
def _unix(date: str) -> float | None:
    try:
        at = parsedate_to_datetime(date)
        return (at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        return None
