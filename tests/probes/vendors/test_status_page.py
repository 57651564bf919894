import pytest

from probes.result import Reason
from tests.probes.asking import tools
from tests.probes.planned import read, reason, refused

OKTA = {"kind": "status_page", "vendor": "okta"}


def test_it_needs_no_service_and_is_no_indicator() -> None:
    check = read(OKTA)

    assert (check.service, check.sli) == ("", False)


def test_it_is_an_indicator_where_it_is_made_one() -> None:
    assert read(OKTA | {"service": "sso", "sli": True}).sli


@pytest.mark.parametrize(
    ("options", "mistake"),
    [
        ({}, "must have either vendor, or url and format"),
        ({"url": "https://status.example.com"}, "must have either vendor, or url and format"),
        (
            {"vendor": "okta", "format": "statuspage"},
            "must not have format where it has vendor, which says it",
        ),
    ],
)
def test_a_page_is_of_a_vendor_or_has_address_and_format(options: dict[str, str], mistake: str) -> None:
    assert refused({"kind": "status_page", **options}) == [f"checks.it: {mistake}"]


def test_its_host_is_that_of_its_address() -> None:
    page = {"kind": "status_page", "url": "https://status.example.com/api", "format": "statuspage"}

    assert read(page).host == "status.example.com"


async def test_it_is_not_asked_yet() -> None:
    assert await reason(read(OKTA), tools()) is Reason.MISSING_CAPABILITY
