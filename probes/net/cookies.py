"""Cookies, for as long as one attempt lasts (RFC 6265)."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from ipaddress import ip_address

from probes.net.url import Url

MOST = 50  # cookies of one attempt, as many as section 6.1 asks for
LONGEST = 4096  # bytes of one
YEAR = re.compile(r"\b(?:19|20)[0-9]{2}\b")
THIS_CENTURY = 2001


@dataclass(frozen=True, slots=True)
class Cookie:
    """One cookie. `domain` without a dot before it is the very host that set it."""

    name: str
    value: str
    domain: str
    path: str
    secure: bool

    @property
    def key(self) -> tuple[str, str, str]:
        """Give what a later cookie must have in common to replace this one."""
        return self.domain, self.path, self.name

    def meant_for(self, url: Url) -> bool:
        """Say whether it is sent along with a request (section 5.4)."""
        path = url.target.partition("?")[0]
        return (
            _within(url.host, self.domain)
            and (path == self.path or path.startswith(self.path.rstrip("/") + "/"))
            and (url.scheme == "https" or not self.secure)
        )


class Cookies:
    """Those that were set so far."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str, str], Cookie] = {}

    def take(self, url: Url, headers: Iterable[str]) -> None:
        """Keep what Set-Cookie headers of a response say (section 5.3); nonsense is passed over."""
        for header in headers:
            cookie, gone = _read(url, header)
            if cookie and gone:
                self._known.pop(cookie.key, None)
            elif cookie and (cookie.key in self._known or len(self._known) < MOST):
                self._known[cookie.key] = cookie

    def header(self, url: Url) -> str:
        """Give the value of Cookie for a request, longer paths first; empty for none."""
        meant = sorted((each for each in self._known.values() if each.meant_for(url)), key=_by_path)
        return "; ".join(f"{each.name}={each.value}" for each in meant)

    def values(self) -> dict[str, str]:
        """Give the values by name, for whoever looks for one."""
        return {each.name: each.value for each in self._known.values()}


def _by_path(cookie: Cookie) -> int:
    return -len(cookie.path)


def _read(url: Url, header: str) -> tuple[Cookie | None, bool]:
    """Give the cookie, and whether it is set to be gone."""
    pair, *attributes = header.split(";")
    name, equals, value = (part.strip() for part in pair.partition("="))
    said = {
        key.strip().lower(): text.strip() for key, _, text in (each.partition("=") for each in attributes)
    }
    domain = said.get("domain", "").lower().lstrip(".")
    if not (name and equals and len(pair) <= LONGEST and _printable(pair) and _may_set(url.host, domain)):
        return None, False
    if domain == url.host and ("." not in domain or _is_address(domain)):
        domain = ""  # it has no others within it
    path = said["path"] if said.get("path", "").startswith("/") else _usual_path(url)
    return Cookie(name, value, f".{domain}" if domain else url.host, path, "secure" in said), _gone(said)


def _gone(said: Mapping[str, str]) -> bool:
    """Say whether a cookie ends at once. No clock is needed: who deletes one dates it long ago."""
    age = said.get("max-age", "")
    if age.lstrip("-").isdecimal():
        return int(age[:10]) <= 0
    year = YEAR.search(said.get("expires", ""))
    return year is not None and int(year[0]) < THIS_CENTURY


def _printable(pair: str) -> bool:
    return all(" " <= letter <= "~" or letter >= "\xa0" for letter in pair)


def _may_set(host: str, domain: str) -> bool:
    """Accept the host itself, or a domain that it lies within; one label, or an address, is no domain."""
    return domain in ("", host) or ("." in domain and not _is_address(host) and _within(host, f".{domain}"))


def _within(host: str, domain: str) -> bool:
    return f".{host}".endswith(domain) if domain.startswith(".") else host == domain


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def _usual_path(url: Url) -> str:
    """Give the folder of what was asked for (section 5.1.4)."""
    return url.target.partition("?")[0].rpartition("/")[0] or "/"
