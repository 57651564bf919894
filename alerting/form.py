"""What the forms of several receivers have in common: texts cut to measure, times, answers. Pure."""

import json
import math
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from urllib.parse import parse_qsl, urlsplit, urlunsplit

from alerting.receiver import Refused, Response, Retry, Sent, Verdict

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
LONGEST_WAIT = 3600.0  # an absurd Retry-After is asked again after an hour: one request more hurts nobody
LONGEST_DETAIL = 300
TELLING = 6  # characters of a piece of an address that may be a secret
NOT_NOW = frozenset({408, 425, 429})


def instant(at: int) -> str:
    """Write ms since the epoch as ISO 8601 in UTC, with milliseconds."""
    return (EPOCH + timedelta(milliseconds=at)).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def cut(text: str, most: int) -> str:
    """Keep at most `most` characters; an ellipsis says that there was more."""
    return text if len(text) <= most else text[: most - 1] + "…"


def is_web_address(text: str) -> bool:
    """Say whether it may stand as a link: nothing but http and https."""
    return text.startswith(("https://", "http://"))


def compact(document: object) -> bytes:
    """Write JSON as it is sent. A number that JSON does not have raises ValueError."""
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"), default=str, allow_nan=False)
    return text.encode("utf-8", "replace")  # half a surrogate pair must not keep a page from going out


def judge(response: Response, now: int, secrets: Iterable[str] = ()) -> Verdict:
    """Read an answer by its status: 2xx yes; 408, 425, 429 and 5xx later; anything else never.

    What is quoted of the body has the secrets taken out.
    """
    if 200 <= response.status < 300:
        return Sent()
    detail = _without(secrets, f"{response.status} {_words(response.body)}".strip())
    if response.status in NOT_NOW or response.status >= 500:
        return Retry(detail, retry_after(response.headers, now))
    return Refused(detail)


def parts_of(address: str) -> list[str]:
    """Give what of a secret address is secret by itself: servers quote its path, or a piece of it."""
    try:
        parts = urlsplit(address)
    except ValueError:  # no address: nobody has quoted a part of it
        return [address]
    target = urlunsplit(parts._replace(scheme="", netloc=""))
    pieces = [*parts.path.split("/"), *(value for _, value in parse_qsl(parts.query))]
    return [piece for piece in (address, target, parts.path, *pieces) if len(piece) >= TELLING]


def retry_after(headers: Mapping[str, str], now: int) -> float | None:
    """Read Retry-After (RFC 9110, 10.2.3) as seconds from now, an hour at most; None without one."""
    said = headers.get("retry-after", "").strip()
    seconds = _seconds(said) if said[:1].isdigit() else _seconds_until(said, now)
    return None if seconds is None else min(max(seconds, 0.0), LONGEST_WAIT)


def _seconds(said: str) -> float | None:
    try:
        seconds = float(said)
    except ValueError:
        return None
    return seconds if math.isfinite(seconds) else None


def _seconds_until(date: str, now: int) -> float | None:
    try:
        at = parsedate_to_datetime(date)
    except ValueError:
        return None
    return (at.replace(tzinfo=at.tzinfo or UTC) - EPOCH).total_seconds() - now / 1000


def _words(body: bytes) -> str:
    """Give what a body says: `message` and `errors` of a JSON object, else its text."""
    text = body[:16_384].decode("utf-8", "replace")
    try:
        said = json.loads(text)
    except (ValueError, RecursionError):
        return text
    if not isinstance(said, dict):
        return text
    errors = said.get("errors")
    parts = [said.get("message"), *(errors if isinstance(errors, list) else [errors])]
    return "; ".join(str(part) for part in parts if part) or text


def _without(secrets: Iterable[str], text: str) -> str:
    for secret in sorted(filter(None, secrets), key=len, reverse=True):
        text = text.replace(secret, "***")
    return cut(" ".join(text.split()), LONGEST_DETAIL)
