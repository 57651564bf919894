"""Kind `status_page`: what a vendor says of itself, as far as its options say."""

from collections.abc import Mapping
from dataclasses import field
from typing import Annotated, ClassVar

from pydantic import AfterValidator, ConfigDict
from pydantic.dataclasses import dataclass

from checks.texts import read_name
from checks.values import RuleError
from probes.net.url import parse
from probes.result import Reason
from probes.tools import Fact, Failed, Tools

Word = Annotated[str, AfterValidator(read_name)]


def _url(text: str) -> str:
    parse(text)
    return text


@dataclass(
    frozen=True, slots=True, kw_only=True, config=ConfigDict(extra="forbid", hide_input_in_errors=True)
)
class StatusPage:
    """A vendor's word on how it is doing. It is evidence, and no indicator of ours: it needs no service."""

    kind: ClassVar[str] = "status_page"
    asked: ClassVar[bool] = False
    evidence: ClassVar[bool] = True
    least_spacing: ClassVar[float] = 30.0
    facts: ClassVar[tuple[Fact, ...]] = ()
    example: ClassVar[str] = """\
kind: status_page
vendor: okta
scope: {cell: okta.com:7}
"""

    vendor: Word | None = None
    """A vendor of the built-in catalogue; or else url and format."""

    url: Annotated[str, AfterValidator(_url)] | None = None
    """The address of the page."""

    format: Word | None = None
    """The format of the page, where no vendor says it."""

    scope: Mapping[str, str] = field(default_factory=dict)
    """Which part of it concerns us, such as {cell: okta.com:7}; all of it where it is not written."""

    def __post_init__(self) -> None:
        if not self.vendor and not (self.url and self.format):
            raise RuleError("must have either vendor, or url and format")
        if self.vendor and self.format:
            raise RuleError("must not have format where it has vendor, which says it")

    def host(self) -> str:
        """Say whom the attempt goes to, in lower case; nobody yet where only a vendor is named."""
        return parse(self.url).host if self.url else ""

    async def ask(self, tools: Tools) -> None:  # noqa: ARG002 - the contract's arguments
        """Say that it is not asked."""
        raise Failed(
            Reason.MISSING_CAPABILITY,
            "this version reads the options of status_page, but does not ask it yet",
        )
