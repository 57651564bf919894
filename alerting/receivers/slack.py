"""Slack, by an incoming webhook, as far as its options say: nothing is sent yet."""

from typing import ClassVar

from pydantic import ConfigDict, field_validator
from pydantic.dataclasses import dataclass

from alerting.form import is_web_address, judge, parts_of
from alerting.intent import Intent
from alerting.receiver import Abilities, Request, Response, Verdict, disguised
from checks.values import Secret


@dataclass(frozen=True, slots=True, kw_only=True, config=ConfigDict(extra="forbid"))
class Slack:
    """A channel in Slack, to which this version does not send yet.

    The address is a secret: whoever has it can write there.
    """

    example: ClassVar[str] = """\
kind: slack
url: "${SLACK_WEBHOOK_URL:-}"
"""

    url: Secret = Secret()
    """The address of an incoming webhook; the receiver is off where it is not set."""

    @field_validator("url")
    @classmethod
    def _is_an_address(cls, url: Secret) -> Secret:
        if url and not is_web_address(url.reveal()):
            raise ValueError("must be an address beginning with https:// or http://")
        return url

    @property
    def abilities(self) -> Abilities:
        """None of it matters while it is off."""
        return Abilities(address=disguised(self.url.reveal()))

    def request(self, intent: Intent, now: int) -> Request:
        """Raise NotImplementedError: whoever is off is handed nothing."""
        raise NotImplementedError("slack is off")

    def read(self, response: Response, now: int) -> Verdict:
        """Say what an answer means."""
        return judge(response, now, parts_of(self.url.reveal()))

    def minimal(self, intent: Intent, now: int) -> Request | None:  # noqa: ARG002 - the contract's arguments
        """Give nothing: there is no smaller form."""
        return None

    def off(self) -> str:
        """Say that this version does not send there, or that the address is unset."""
        return "this version does not send to slack yet" if self.url else "url is not set"
