"""What a client can read, as real ones say it."""

import pytest

from exporter.render import Format
from web.accept import format_of, takes_gzip

PROMETHEUS_2 = (
    "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,"
    "text/plain;version=0.0.4;q=0.5,*/*;q=0.1"
)
PROMETHEUS_3 = (
    "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,"
    "application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,"
    "text/plain;version=0.0.4;q=0.3,*/*;q=0.2"
)
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8"


@pytest.mark.parametrize(
    "accept",
    [
        PROMETHEUS_2,
        PROMETHEUS_3,
        "application/openmetrics-text",
        "text/plain, application/openmetrics-text",
        "Application/OpenMetrics-Text; version=1.0.0",
        'text/plain;q=0.5, application/openmetrics-text;version="1.0.0"; q=0.9',
    ],
)
def test_who_likes_openmetrics_best_gets_it(accept: str) -> None:
    assert format_of(accept) is Format.OPENMETRICS


@pytest.mark.parametrize(
    "accept",
    [
        "",
        "*/*",
        BROWSER,
        "text/plain",
        "text/plain;version=0.0.4",
        "application/openmetrics-text;q=0.2, text/plain;q=0.9",
        "application/openmetrics-text;q=0.2, text/*;q=0.9",
        "application/openmetrics-text;q=0",
        "application/openmetrics-text;q=much",
        "application/openmetrics-text;version=0.0.1",
        "application/json",
        ";;,=,;q",
    ],
)
def test_everybody_else_gets_text(accept: str) -> None:
    assert format_of(accept) is Format.TEXT


@pytest.mark.parametrize("accepted", ["gzip", "deflate, GZIP;q=0.5", "x-gzip", "*", "br;q=1.0, *;q=0.1"])
def test_gzip_is_taken_where_it_is_liked(accepted: str) -> None:
    assert takes_gzip(accepted)


@pytest.mark.parametrize("accepted", ["", "identity", "gzip;q=0", "*, gzip;q=0", "br", "*;q=0"])
def test_gzip_is_not_sent_where_it_is_not_liked(accepted: str) -> None:
    assert not takes_gzip(accepted)
