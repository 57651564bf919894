"""Small kinds and receivers, as the real ones are made."""

from collections.abc import Mapping
from dataclasses import field
from typing import Annotated, ClassVar, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, ConfigDict, Field
from pydantic.dataclasses import dataclass

from checks.values import Duration, Secret, Whole

STRICT = ConfigDict(extra="forbid")


def _leaky(text: str) -> str:
    if " " in text:
        raise ValueError(f"{text} has a space in it")
    return text


@dataclass(frozen=True, slots=True, kw_only=True, config=STRICT)
class Login:
    username: str
    password: Secret = Secret()


@dataclass(frozen=True, slots=True, kw_only=True, config=STRICT)
class Page:
    kind: ClassVar[str] = "page"

    url: str
    method: Literal["GET", "HEAD"] = "GET"
    within: Annotated[Duration, Field(gt=0)] = 3.0
    tries: Whole = 1
    depth: int = 1
    login: Login | None = None
    tokens: tuple[Secret, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    note: Annotated[str, AfterValidator(_leaky)] = ""

    def host(self) -> str:
        return urlsplit(self.url).hostname or ""


@dataclass(frozen=True, slots=True, kw_only=True, config=STRICT)
class Picky:
    kind: ClassVar[str] = "picky"

    first: str = ""
    second: str = ""

    def __post_init__(self) -> None:
        if self.first and self.second:
            raise ValueError(f"must have one of first and second, not {self.first} and {self.second}")

    def host(self) -> str:
        raise ValueError("nobody")


@dataclass(frozen=True, slots=True, kw_only=True, config=STRICT)
class Rare:
    kind: ClassVar[str] = "rare"
    least_spacing: ClassVar[float] = 3600.0
    usual: ClassVar[Mapping[str, str]] = {"interval": "2h", "confirm": "1"}

    def host(self) -> str:
        return "rare.example.com"


@dataclass(frozen=True, slots=True, kw_only=True, config=STRICT)
class Clashing:
    interval: Duration = 1.0


@dataclass(frozen=True, slots=True, kw_only=True, config=STRICT)
class Pager:
    routing_key: Secret = Secret()
    url: str = "https://pager.example.com"

    def off(self) -> str:
        return "" if self.routing_key else "no routing key"


KINDS = {name.lower(): f"tests.checks.kinds:{name}" for name in ("Page", "Picky", "Clashing", "Rare")}
RECEIVERS = {"pager": "tests.checks.kinds:Pager"}
