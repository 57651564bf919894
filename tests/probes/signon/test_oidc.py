import pytest

from probes.result import Reason
from tests.probes.asking import tools
from tests.probes.planned import read, reason, refused

LOGIN = {"username": "probe@example.com", "password": "${SSO_PASSWORD}"}
SSO = {
    "service": "sso",
    "kind": "oidc",
    "issuer": "https://login.example.com",
    "client_id": "watchkeeper",
    "redirect_uri": "https://watchkeeper.example.com/cb",
    "login": LOGIN,
}


def test_a_login_is_read_and_its_secrets_are_hidden() -> None:
    check = read(SSO)

    assert (check.host, check.probe.login.username) == ("login.example.com", "probe@example.com")
    assert "GEZDGNBVGY3TQOJQ" not in repr(check)


def test_without_a_login_only_the_provider_itself_is_asked() -> None:
    check = read({key: SSO[key] for key in ("service", "kind", "issuer", "client_id")})

    assert (check.probe.login, check.probe.scopes) == (None, ("openid",))


@pytest.mark.parametrize(
    ("options", "mistake"),
    [
        ({"redirect_uri": None}, "checks.it: must have redirect_uri where it has login"),
        ({"login": None, "second": LOGIN}, "checks.it: must have login where it has second"),
        ({"scopes": ["email"]}, "checks.it: must have openid among scopes"),
        (
            {"issuer": "https://login.example.com/?x"},
            "checks.it.issuer: must be the issuer's own name: a URL without ? and #",
        ),
        ({"login": {"username": "probe"}}, "checks.it.login.password: is required"),
    ],
)
def test_what_does_not_fit_is_refused(options: dict[str, object], mistake: str) -> None:
    said = {key: value for key, value in (SSO | options).items() if value is not None}

    assert refused(said) == [mistake]


async def test_it_is_not_asked_yet() -> None:
    assert await reason(read(SSO), tools()) is Reason.MISSING_CAPABILITY
