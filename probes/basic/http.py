"""Kind `http`: one request, and what its response must be like."""

import re
from collections.abc import Mapping
from dataclasses import field
from typing import Annotated, Any, ClassVar

from pydantic import AfterValidator, BeforeValidator, ConfigDict
from pydantic.dataclasses import dataclass

from checks import __version__
from checks.values import Beside, Secret, Size
from probes.net.certificate import EXPIRY
from probes.net.dial import dial
from probes.net.http import MAX_BODY, Request, Response, exchange
from probes.net.trust import Policy, context
from probes.net.url import Url, parse
from probes.result import Reason
from probes.tools import Fact, Failed, Tools

TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")  # RFC 9110, section 5.6.2
VALUE = re.compile(r"[\t\x20-\x7e\x80-\xff]*")  # section 5.5
METHOD = re.compile(r"[A-Z]{1,20}")
STATUSES = re.compile(r"([1-5][0-9][0-9])(?:-([1-5][0-9][0-9]))?")
CHARSET = re.compile(r"charset=\"?([A-Za-z0-9._:-]+)", re.IGNORECASE)
OURS = frozenset({"content-length", "transfer-encoding", "connection"})  # these say where a message ends
SHOWN = 1024  # characters of an unwelcome body that are kept as evidence


def _url(text: str) -> str:
    parse(text)
    return text


def _method(text: str) -> str:
    if not METHOD.fullmatch(text) or text == "CONNECT":
        raise ValueError("must be a method in capital letters such as GET or POST, and not CONNECT")
    return text


def _headers(headers: Mapping[str, Secret]) -> Mapping[str, Secret]:
    for name, value in headers.items():
        if not TOKEN.fullmatch(name):
            raise ValueError("must have names of letters, digits and hyphens")
        if not VALUE.fullmatch(value.reveal()):
            raise ValueError("must have values without line ends and control characters, in Latin-1")
        if name.lower() in OURS:
            raise ValueError(
                "must not hold Content-Length, Transfer-Encoding or Connection, which are set by us"
            )
    return headers


def _statuses(value: Any) -> tuple[str, ...]:
    """Take one or a list of `200` and `200-299`."""
    texts = tuple(str(one) for one in (value if isinstance(value, list | tuple) else [value]))
    for found in map(STATUSES.fullmatch, texts):
        if not found or found[1] > (found[2] or found[1]):
            raise ValueError("must be a status such as 200, a range such as 200-299, or a list of these")
    if not texts:
        raise ValueError("must name at least one status")
    return texts


@dataclass(
    frozen=True, slots=True, kw_only=True, config=ConfigDict(extra="forbid", hide_input_in_errors=True)
)
class Http:
    """One request, on a fresh connection, and what its answer must be like.

    Redirects are not followed: their status is judged like any. TLS is always verified.
    """

    kind: ClassVar[str] = "http"
    least_spacing: ClassVar[float] = 1.0
    facts: ClassVar[tuple[Fact, ...]] = (
        Fact("status_code", "", "Status of the last response.", "probe_http_status_code"),
        Fact(
            "content_length", "bytes", "Length of the last response's body, as declared or else as received."
        ),
        Fact("version", "", "HTTP version of the last response."),
        EXPIRY,
    )

    example: ClassVar[str] = """\
service: intranet
kind: http
url: https://intranet.example.com/health
expect_status: 200
expect_body: '"ok"'
slow_after: 2s
"""

    url: Annotated[str, AfterValidator(_url)]
    """The address, beginning with https:// or http://."""

    method: Annotated[str, AfterValidator(_method)] = "GET"
    """The method, in capital letters."""

    headers: Annotated[Mapping[str, Secret], AfterValidator(_headers)] = field(default_factory=dict)
    """Further headers, whose values are secret; Host, User-Agent and Accept may be replaced."""

    body: str = ""
    """What is sent after the headers."""

    expect_status: Annotated[
        tuple[str, ...], BeforeValidator(_statuses, json_schema_input_type=str | int | list[str | int])
    ] = ("200-399",)
    """The status that is welcome: one, a range such as 200-299, or a list of these."""

    expect_body: str = ""
    """A text that must appear in the body."""

    max_body: Size = MAX_BODY
    """How much of the body is read; a longer one is too_large."""

    ca_file: Beside = ""
    """A file (PEM) of the authorities to trust in place of the system's, beside checks.yaml."""

    def host(self) -> str:
        """Say whom the attempt goes to, in lower case."""
        return parse(self.url).host

    async def ask(self, tools: Tools) -> None:
        """Ask once, on a fresh connection. Raise Failed when the answer is not as expected."""
        url = parse(self.url)
        trust = context(Policy(self.ca_file)) if url.scheme == "https" else None
        async with dial(tools, url.host, url.port, trust) as stream:
            response = await exchange(tools, stream, self._request(url), self.max_body)
        _note(tools, response)
        self._judge(tools, response)

    def _request(self, url: Url) -> Request:
        headers = {
            "Host": url.authority,
            "User-Agent": f"watchkeeper/{__version__}",
            "Accept": "*/*",
            "Accept-Encoding": "identity",
        }
        further = {name: value.reveal() for name, value in self.headers.items()}
        given = {name.lower() for name in further}
        kept = {name: value for name, value in headers.items() if name.lower() not in given}
        return Request(
            method=self.method,
            target=url.target,
            headers={**kept, **further, "Connection": "close"},
            body=self.body.encode(),
        )

    def _judge(self, tools: Tools, response: Response) -> None:
        if not any(_within(response.status, one) for one in self.expect_status):
            _keep(tools, response)
            expected = ", ".join(self.expect_status)
            raise Failed(Reason.HTTP_STATUS, f"answered {response.status}, expected {expected}")
        if self.expect_body and self.expect_body not in _text(response):
            _keep(tools, response)
            told = (
                f"answered {response.status}, but the expected text is not in its {len(response.body)} bytes"
            )
            raise Failed(Reason.ASSERTION, told)


def _within(status: int, statuses: str) -> bool:
    low, _, high = statuses.partition("-")
    return int(low) <= status <= int(high or low)


def _note(tools: Tools, response: Response) -> None:
    declared = response.headers.get("content-length", "")
    tools.fact("status_code", response.status)
    tools.fact("content_length", int(declared) if declared.isdigit() else len(response.body))
    tools.fact("version", float(response.version))


def _keep(tools: Tools, response: Response) -> None:
    """Keep what somebody will want to see of an answer that was not as expected."""
    tools.learned.evidence["response"] = {
        "status": response.status,
        "content_type": response.headers.get("content-type", "")[:SHOWN],
        "location": response.headers.get("location", "")[:SHOWN],
        "body": _text(response)[:SHOWN],
    }


def _text(response: Response) -> str:
    named = CHARSET.search(response.headers.get("content-type", ""))
    try:
        return response.body.decode(named[1] if named else "utf-8", "replace")
    except LookupError:  # no charset that we know
        return response.body.decode("utf-8", "replace")
