"""Kind `domain`: until when a domain is registered, as its registry says."""

from collections.abc import Callable, Mapping
from typing import Annotated, ClassVar, TypeVar

from pydantic import AfterValidator
from pydantic.dataclasses import dataclass

from checks import __version__
from checks.values import Beside, RuleError
from probes.net.dial import dial
from probes.net.http import Request, Response, exchange
from probes.net.options import STRICT, Addressed
from probes.net.trust import Policy, context
from probes.net.url import Url, domain_name, parse
from probes.result import Reason
from probes.tools import Fact, Failed, Tools
from probes.wire.rdap import Registered, read_domain, registry_of

EXPIRY = Fact(
    "expiry",
    "seconds",
    "When the registration of the domain ends, in Unix time.",
    "probe_domain_expiry_timestamp_seconds",
)
Read = TypeVar("Read")


def _https(text: str) -> str:
    if parse(text).scheme != "https":
        raise RuleError("must be an https URL")
    return text


@dataclass(frozen=True, slots=True, kw_only=True, config=STRICT)
class Domain(Addressed):
    """A registry's word on a domain, asked by RDAP (RFC 9082, 9083).

    It is evidence, and no indicator of ours: it needs no service.
    """

    kind: ClassVar[str] = "domain"
    evidence: ClassVar[bool] = True
    least_spacing: ClassVar[float] = 3600.0
    usual: ClassVar[Mapping[str, str]] = {"interval": "12h", "timeout": "30s"}
    facts: ClassVar[tuple[Fact, ...]] = (EXPIRY,)
    example: ClassVar[str] = """\
kind: domain
domain: example.com
"""

    domain: Annotated[str, AfterValidator(domain_name)]
    """The name that is registered, such as example.com."""

    url: Annotated[str, AfterValidator(_https)] | None = None
    """Where its registry answers, up to the word domain; where it is not written, the bootstrap file says."""

    bootstrap: Annotated[str, AfterValidator(_https)] = "https://data.iana.org/rdap/dns.json"
    """The file that lists who answers for which ending (RFC 9224)."""

    ca_file: Beside = ""
    """A file (PEM) of the authorities to trust in place of the system's, beside checks.yaml."""

    def host(self) -> str:
        """Say whom the attempt goes to, in lower case."""
        return parse(self.url or self.bootstrap).host

    async def ask(self, tools: Tools) -> None:
        """Ask the registry. Raise Failed where it says that the domain is lost, or says nothing."""
        self._judge(tools, await self._found(tools))

    async def _found(self, tools: Tools) -> Registered | None:
        base = self.url or await self._registry(tools)
        answer = await self._get(tools, f"{base.rstrip('/')}/domain/{self.domain}")
        if answer.status == 404:
            return None
        return _read(read_domain, _expect_200(answer))

    async def _registry(self, tools: Tools) -> str:
        listed = _expect_200(await self._get(tools, self.bootstrap))
        return _read(lambda body: registry_of(self.domain, body), listed)

    async def _get(self, tools: Tools, address: str) -> Response:
        url, trust = parse(address), context(Policy(self.ca_file, alpn=("http/1.1",)))
        async with dial(tools, url.host, url.port, trust, family=self.family) as stream:
            return await exchange(tools, stream, _request(url))

    def _judge(self, tools: Tools, found: Registered | None) -> None:
        if found is None:
            raise Failed(Reason.DECLARED, f"the registry knows no domain {self.domain}")
        tools.learned.evidence["registry"] = {"domain": found.name, "status": list(found.status)}
        if found.expires is not None:
            tools.fact(EXPIRY.name, found.expires)
        if found.name != self.domain:
            raise Failed(Reason.UNREADABLE, f"the registry answers about {found.name}, not {self.domain}")
        if why := found.lost():
            raise Failed(Reason.DECLARED, f"the registry says of {self.domain}: {why}")
        if found.expires is None:
            raise Failed(Reason.UNREADABLE, "the registry does not say until when the domain is registered")


def _request(url: Url) -> Request:
    headers = {"Host": url.authority, "User-Agent": f"watchkeeper/{__version__}", "Connection": "close"}
    accepted = {"Accept": "application/rdap+json, application/json", "Accept-Encoding": "identity"}
    return Request(method="GET", target=url.target, headers={**headers, **accepted})


def _expect_200(answer: Response) -> bytes:
    if answer.status == 429:
        raise Failed(Reason.RATE_LIMITED, "the registry asks us to come less often (429)")
    if answer.status != 200:
        raise Failed(Reason.UNREADABLE, f"the registry answered {answer.status}")
    return answer.body


def _read(read: Callable[[bytes], Read], body: bytes) -> Read:
    try:
        return read(body)
    except ValueError as error:
        raise Failed(Reason.UNREADABLE, str(error)) from error
