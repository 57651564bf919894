"""Kind `script`: several requests, one after the other, with values carried from one to the next."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass as plain
from dataclasses import field
from typing import Annotated, ClassVar
from urllib.parse import urlencode

from pydantic import AfterValidator, Field
from pydantic.dataclasses import dataclass

from checks.values import RuleError, Secret
from probes.basic.expectations import Expecting
from probes.basic.fetching import Fetching, hide
from probes.basic.json_paths import read_json
from probes.basic.redirects import Asked
from probes.basic.saving import Saving
from probes.basic.seen import keep, quoted
from probes.basic.templates import (
    NAME,
    PLACE,
    check_places,
    filled,
    filled_json,
    in_url,
    texts_in,
    told,
)
from probes.basic.texts import header_value, read_headers, read_method
from probes.net.certificate import CERTIFICATE_FACTS, EXPIRY
from probes.net.cookies import Cookies
from probes.net.http import Response
from probes.net.options import STRICT
from probes.net.url import Url, parse, read
from probes.result import Reason
from probes.tools import Fact, Failed, Tools

MOST_STEPS = 20
LONGEST = 8192  # characters of a value that is carried on
TAKEN = frozenset({"token", "proxy"})
JSON = "application/json"
FORM = "application/x-www-form-urlencoded"


def _url(template: str) -> str:
    """Accept an address whose host holds no place: a value must not say whom we talk to."""
    scheme, mark, rest = template.partition("://")
    host = rest.partition("/")[0].partition("?")[0]
    if not mark or "{" in scheme + host:
        raise RuleError("must be an http or https URL, with nothing in {{ }} before its path")
    parse(PLACE.sub("x", template))
    return template


def _json(template: Secret) -> Secret:
    try:
        read_json(PLACE.sub("0", template.reveal()).encode())
    except ValueError:
        raise RuleError("must be JSON, in which {{name}} stands within a string or for a number") from None
    return template


def _json_text(template: str, values: Mapping[str, str]) -> str:
    try:
        return filled_json(template, values)
    except ValueError:
        raise Failed(Reason.ASSERTION, "a value that was saved cannot be sent in the json") from None


def _name(name: str) -> str:
    if not NAME.fullmatch(name) or name in TAKEN:
        raise RuleError(f"must be small letters, digits and underscores, and not {', '.join(sorted(TAKEN))}")
    return name


@dataclass(frozen=True, kw_only=True, config=STRICT)
class Step(Expecting):
    """One request, and what its response must be like."""

    name: Annotated[str, AfterValidator(_name)]
    """What the step is called: the phase in which all of its time is told."""

    url: Annotated[str, AfterValidator(_url)]
    """The address; {{name}} in its path or query stands for a saved value, percent-encoded."""

    method: Annotated[str, AfterValidator(read_method)] | None = None
    """The method, in capital letters; POST where there is a form, body or json, else GET."""

    headers: Annotated[Mapping[str, Secret], AfterValidator(read_headers)] = field(default_factory=dict)
    """Further headers, whose values are secret and may hold {{name}}."""

    form: Mapping[str, Secret] = field(default_factory=dict)
    """Fields of a form to send, whose values are secret and may hold {{name}}."""

    body: Secret | None = None
    """A text to send, which is secret and may hold {{name}}, put in as it is."""

    json: Annotated[Secret, AfterValidator(_json)] | None = None
    """JSON to send, as a text, which is secret and may hold {{name}}."""

    save: Mapping[str, Saving] = field(default_factory=dict)
    """Values for later steps, by name, such as {token: {json: $.token}}."""

    def __post_init__(self) -> None:
        if sum((bool(self.form), self.body is not None, self.json is not None)) > 1:
            raise RuleError("must have at most one of form, body and json")
        if any(not NAME.fullmatch(name) for name in self.save):
            raise RuleError("must save under names of at most 32 small letters, digits and underscores")

    @property
    def about(self) -> Url:
        """Give the address as it is without values: whom it goes to, and how."""
        return parse(PLACE.sub("x", self.url))

    def templates(self) -> list[str]:
        """Give every text that may have places."""
        sent = [
            *self.headers.values(),
            *self.form.values(),
            *(each for each in (self.body, self.json) if each),
        ]
        return [self.url, *(each.reveal() for each in sent)]

    def check(self, known: Collection[str], max_body: int) -> None:
        """Accept places of known names, and what a response can be like. Raises RuleError."""
        try:
            for template in self.templates():
                check_places(template, known)
            self.check_possible(self.method or "", max_body)
        except RuleError as error:
            raise RuleError(f"{error} (step {self.name})") from None

    def asked(self, values: Mapping[str, str], login: str, ours: tuple[str, str, int]) -> Asked:
        """Fill it in. Raises Failed where a value cannot go where it should."""
        url = read(filled(self.url, values, in_url))
        headers = {name: filled(each.reveal(), values) for name, each in self.headers.items()}
        if wrong := next((name for name, value in headers.items() if not header_value(value)), ""):
            raise Failed(Reason.ASSERTION, f"a value that was saved cannot be sent in the header {wrong}")
        body, content_type = self._content(values)
        if content_type and not any(name.lower() == "content-type" for name in headers):
            headers["Content-Type"] = content_type
        method = self.method or ("GET" if body is None else "POST")
        own = any(name.lower() == "authorization" for name in headers)
        return Asked(url, method, headers, body or b"", login if url.origin == ours and not own else "")

    def _content(self, values: Mapping[str, str]) -> tuple[bytes | None, str]:
        """Give the body, None for none, and its type where that is known."""
        if self.form:
            return urlencode(self._fields(values)).encode(), FORM
        if self.json is not None:
            return _json_text(self.json.reveal(), values).encode(), JSON
        return (None if self.body is None else filled(self.body.reveal(), values).encode()), ""

    def _fields(self, values: Mapping[str, str]) -> Mapping[str, str]:
        return {name: filled(each.reveal(), values) for name, each in self.form.items()}

    def told(self, values: Mapping[str, str]) -> Iterator[str]:
        """Give the texts that are sent, each of which somebody may say again."""
        yield from self._fields(values).values()
        for each in (*self.headers.values(), *([self.body] if self.body else [])):
            yield from told(each.reveal(), values)
        if self.json is not None:
            yield from texts_in(read_json(filled_json(self.json.reveal(), values).encode()))


@plain(slots=True)
class Carried:
    """What goes from step to step."""

    login: str
    cookies: Cookies
    values: dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True, config=STRICT)
class Script(Fetching):
    """Several requests, each on a fresh connection, with cookies and values carried from one to the next."""

    kind: ClassVar[str] = "script"
    least_spacing: ClassVar[float] = 1.0
    facts: ClassVar[tuple[Fact, ...]] = (
        Fact("steps", "", "How many steps were done."),
        Fact("status_code", "", "Status of the last response."),
        *CERTIFICATE_FACTS,
    )
    example: ClassVar[str] = """\
service: intranet
kind: script
steps:
  - name: login
    url: https://shop.example.com/login
    form: {user: probe, password: "${SHOP_PASSWORD:-}"}
    save: {ticket: {json: $.ticket}}
  - name: cart
    url: https://shop.example.com/cart?ticket={{ticket}}
    expect_json: [{path: $.items, exists: true}]
"""

    steps: Annotated[tuple[Step, ...], Field(min_length=1, max_length=MOST_STEPS)]
    """The requests, in order."""

    def __post_init__(self) -> None:
        Fetching.__post_init__(self)
        names = [step.name for step in self.steps]
        if len(set(names)) < len(names):
            raise RuleError("must have steps of different names")
        if self.http_version == "2" and any(step.about.scheme != "https" for step in self.steps):
            raise RuleError("must have https URLs alone for http_version 2")
        known: set[str] = set()
        for step in self.steps:
            step.check(known, self.max_body)
            known |= step.save.keys()

    def host(self) -> str:
        """Say whom the first step goes to, in lower case."""
        return self.steps[0].about.host

    async def ask(self, tools: Tools) -> None:
        """Do one step after the other. Raise Failed at the first that does not end well."""
        carried = Carried(await self.login(tools), Cookies(), {})
        for number, step in enumerate(self.steps):
            hands = tools.within(step.name)
            try:
                await self._do(hands, step, carried)
            except Failed as failed:
                raise Failed(failed.reason, f"step {step.name}: {failed.detail}") from failed
            finally:
                _learn(tools, hands)
            tools.fact("steps", number + 1)

    async def _do(self, tools: Tools, step: Step, carried: Carried) -> None:
        asked = step.asked(carried.values, carried.login, self.steps[0].about.origin)
        hide(tools, *step.told(carried.values))
        response, asked = await self.fetch(tools, asked, carried.cookies)
        found = {
            name: saving.found(asked.url, response, carried.cookies) for name, saving in step.save.items()
        }
        hide(tools, *(value[:LONGEST] for value in found.values() if value))
        tools.fact("status_code", response.status)
        failed = None if step.welcomes(401) else self.refused(asked, response)
        if failed:
            keep(tools, response)
            raise failed
        step.judge(tools, response)
        for name, value in found.items():
            carried.values[name] = _saved(tools, name, value, response)


def _saved(tools: Tools, name: str, value: str | None, response: Response) -> str:
    if value is None or len(value) > LONGEST:
        keep(tools, response)
        told = "there is nothing to save" if value is None else f"there are {len(value)} characters to save"
        raise Failed(Reason.ASSERTION, f"answered {response.status}, but {told} as {quoted(name)}")
    return value


def _learn(tools: Tools, step: Tools) -> None:
    """Keep what a step has learned; of certificates the one that ends first."""
    facts, known = step.learned.facts, tools.learned.facts
    if "status_code" in facts:
        known["status_code"] = facts["status_code"]
    if EXPIRY.name in facts and facts[EXPIRY.name] <= known.get(EXPIRY.name, facts[EXPIRY.name]):
        known |= {fact.name: facts[fact.name] for fact in CERTIFICATE_FACTS}
        tools.learned.evidence["certificate"] = step.learned.evidence["certificate"]
    for name in ("response", "redirects"):
        if name in step.learned.evidence:
            tools.learned.evidence[name] = step.learned.evidence[name]
