"""Kind `oidc`: a sign-on by OpenID Connect, as far as its options say."""

from typing import Annotated, ClassVar

from pydantic import AfterValidator, ConfigDict, Field
from pydantic.dataclasses import dataclass

from checks.values import Flag, RuleError, Secret
from probes.net.url import parse
from probes.result import Reason
from probes.tools import Fact, Failed, Tools

STRICT = ConfigDict(extra="forbid", hide_input_in_errors=True)


def _url(text: str) -> str:
    parse(text)
    return text


def _issuer(text: str) -> str:
    """Accept an issuer as it names itself, a slash at its end included (OpenID Connect Core, 1.2)."""
    parse(text)
    if "?" in text or "#" in text:
        raise RuleError("must be the issuer's own name: a URL without ? and #")
    return text


@dataclass(frozen=True, slots=True, kw_only=True, config=STRICT)
class Login:
    """An account that exists for this test alone."""

    username: str
    """Who signs on."""

    password: Secret
    """Its password."""

    totp: Secret | None = None
    """The secret of its one-time codes, in base32, where the provider asks for them."""


@dataclass(frozen=True, slots=True, kw_only=True, config=STRICT)
class Oidc:
    """A sign-on through an identity provider: discovery, keys, and the whole login where one is given."""

    kind: ClassVar[str] = "oidc"
    asked: ClassVar[bool] = False
    least_spacing: ClassVar[float] = 1.0
    facts: ClassVar[tuple[Fact, ...]] = ()
    example: ClassVar[str] = """\
service: sso
kind: oidc
issuer: https://login.example.com
client_id: watchkeeper
redirect_uri: https://watchkeeper.example.com/cb
login: {username: probe@example.com, password: "${SSO_PASSWORD}", totp: "${SSO_TOTP}"}
slow_after: 3s
interval: 60s
"""

    issuer: Annotated[str, AfterValidator(_issuer)]
    """The identity provider, as it names itself."""

    client_id: Annotated[str, Field(min_length=1)]
    """The application that we are to the provider."""

    client_secret: Secret | None = None
    """Its secret, where the application has one."""

    redirect_uri: Annotated[str, AfterValidator(_url)] | None = None
    """Where the provider sends the browser back to, exactly as it is registered there; a login needs it."""

    scopes: tuple[str, ...] = ("openid",)
    """What is asked for."""

    login: Login | None = None
    """The account that signs on; without it no login is tried."""

    second: Login | None = None
    """Another account, which decides whose fault it is when the first is refused."""

    browser: Flag = False
    """Whether a real browser signs on, for providers whose form needs one."""

    def __post_init__(self) -> None:
        if self.login and not self.redirect_uri:
            raise RuleError("must have redirect_uri where it has login")
        if self.second and not self.login:
            raise RuleError("must have login where it has second")
        if "openid" not in self.scopes:
            raise RuleError("must have openid among scopes")

    def host(self) -> str:
        """Say whom the attempt goes to, in lower case."""
        return parse(self.issuer).host

    async def ask(self, tools: Tools) -> None:  # noqa: ARG002 - the contract's arguments
        """Say that it is not asked."""
        raise Failed(
            Reason.MISSING_CAPABILITY, "this version reads the options of oidc, but does not ask it yet"
        )
