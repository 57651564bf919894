"""The edge where we are asked over HTTP: metrics, health, and the page."""

import asyncio
import os
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from importlib.resources import files

from aiohttp import web

from alerting.form import instant
from exporter.render import pieces
from web import api
from web.accept import format_of
from web.access import Asked, refusal
from web.answers import answer, document
from web.api import Ready, See
from web.pages import overview
from web.past import Past
from web.push import BODY as PUSH
from web.push import Pushed, Pushes, Refused
from web.resources import BASE
from web.webhooks import Answer, Delivery, deaf

Hear = Callable[[Delivery], Answer]
Reload = Callable[[], Awaitable[Sequence[str]]]
Pushing = Callable[[], Pushes | None]

BODY = 64 * 1024  # bytes of a request's body
LINE, FIELD, FIELDS = 4096, 8192, 64  # bytes of the request line, of a header field; number of fields
SLOW = 10.0  # seconds that a body may take to come
IDLE = 75.0  # seconds until an idle connection is closed
PATIENCE = 2.0  # seconds that an answer under way gets when we stop
STATIC = {"style.css": "text/css; charset=utf-8", "icon.svg": "image/svg+xml"}
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Referrer-Policy": "no-referrer",
    "Server": "watchkeeper",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


@dataclass(frozen=True, slots=True)
class Source:
    """What we answer from."""

    see: See
    ready: Ready
    hear: Hear
    reload: Reload
    pushes: Pushing


SOURCE = web.AppKey("source", Source)


class CannotListen(Exception):
    """The address of `web.listen` cannot be had; the message says why and what to do."""


async def _fixed() -> Sequence[str]:
    return ("there is nothing to be reloaded here",)


def _none() -> None:
    """Give nobody who takes pushes."""


def application(
    see: See,
    *,
    ready: Ready,
    hear: Hear = deaf,
    reload: Reload = _fixed,
    pushes: Pushing = _none,
    past: Past | None = None,
) -> web.Application:
    """Make what answers. `see` gives the daemon as it stands, `hear` takes webhooks in.

    `reload` gives the mistakes of a configuration that was refused, `pushes` who takes heartbeats, if anybody
    does. None is called before `ready` says yes.
    `past` reads the store for the API; without it there are only lists of what stands now.
    """
    app = web.Application(client_max_size=BODY)
    app[SOURCE] = Source(see, ready, hear, reload, pushes)
    app.on_response_prepare.append(_protect)
    app.add_routes(
        [
            web.get("/", _page),
            web.get("/metrics", _metrics),
            web.get("/-/healthy", _healthy),
            web.get("/-/ready", _ready),
            web.post("/-/reload", _reload),
            web.put("/-/reload", _reload),
            web.get("/static/{name}", _static),
            web.post("/webhooks/pagerduty", _webhook),
            web.route("*", f"{BASE}/push/{{name}}", _push),
            *api.routes(see, ready, past),
        ]
    )
    return app


async def listen(app: web.Application, host: str, port: int) -> web.AppRunner:
    """Answer at an address until the runner's `cleanup`. Raises CannotListen where it cannot be had."""
    runner = web.AppRunner(
        app,
        access_log=None,
        auto_decompress=False,  # nobody who asks us needs it, and what is broken in it fills the log
        keepalive_timeout=IDLE,
        shutdown_timeout=PATIENCE,
        max_line_size=LINE,
        max_field_size=FIELD,
        max_headers=FIELDS,
    )
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port).start()
    except OSError as error:
        await runner.cleanup()
        raise CannotListen(_why(host, port, error)) from error
    return runner


def _why(host: str, port: int, error: OSError) -> str:
    place = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    said = (
        os.strerror(error.errno).lower() if error.errno and error.errno > 0 else error.strerror or str(error)
    )
    return f"cannot listen on {place}: {said}; free it, or choose another with web.listen or --listen"


async def _protect(_: web.Request, response: web.StreamResponse) -> None:
    response.headers.update(HEADERS)
    response.headers.setdefault("Cache-Control", "no-store")


async def _healthy(_: web.Request) -> web.Response:
    return web.Response(text="Watchkeeper is Healthy.\n")


async def _ready(request: web.Request) -> web.Response:
    _see_if_ready(request)
    return web.Response(text="Watchkeeper is Ready.\n")


async def _reload(request: web.Request) -> web.Response:
    """Reload, for whoever may: somebody at this machine, as no other can prove who he is yet."""
    reload = _when_ready(request).reload
    why_not = refusal(Asked(request.remote or "", tuple(request.headers.items())))
    if why_not:
        text = f"not reloaded: {why_not}; ask at this machine, or send the process SIGHUP\n"
        raise web.HTTPForbidden(text=text)
    mistakes = await reload()
    if not mistakes:
        return web.Response(text="reloaded\n")
    told = "\n".join(("not reloaded, and nothing has changed:", *mistakes))
    return web.Response(status=HTTPStatus.INTERNAL_SERVER_ERROR, text=f"{told}\n")


async def _metrics(request: web.Request) -> web.Response:
    view = _see_if_ready(request)()
    format = format_of(request.headers.get("Accept", ""))
    body = "".join(pieces(view, format)).encode("utf-8", "replace")
    return await answer(request, body, format.value)


async def _page(request: web.Request) -> web.Response:
    view = _see_if_ready(request)()
    return await answer(request, overview(view).encode("utf-8", "replace"), "text/html; charset=utf-8")


async def _static(request: web.Request) -> web.Response:
    name = request.match_info["name"]
    if name not in STATIC:
        raise web.HTTPNotFound
    response = await answer(request, files("web").joinpath("static", name).read_bytes(), STATIC[name])
    response.headers["Cache-Control"] = "max-age=300"
    return response


async def _webhook(request: web.Request) -> web.Response:
    """Take a webhook of PagerDuty's in: its signature is its right, wherever it comes from."""
    source = _when_ready(request)
    body = await _body(request)
    signature = ",".join(request.headers.getall("X-PagerDuty-Signature", ()))
    heard = source.hear(Delivery(signature, request.headers.get("X-Webhook-Id", ""), body))
    return web.Response(status=heard.status, text=f"{heard.text}\n")


async def _push(request: web.Request) -> web.Response:
    """Take a heartbeat in: the token of its check is its right, wherever it comes from."""
    try:
        at, kept = await _pushed(request)
    except Refused as error:
        return document({"error": str(error)}, error.status, **error.headers)
    return document({"at": instant(at), "kept": kept}, HTTPStatus.OK if kept else HTTPStatus.ACCEPTED)


async def _pushed(request: web.Request) -> tuple[int, bool]:
    if request.method != "POST":
        why = f"{request.method} is no beat: use POST"
        raise Refused(HTTPStatus.METHOD_NOT_ALLOWED, why, Allow="POST")
    source = request.app[SOURCE]
    pushes = source.pushes() if source.ready() else None
    if pushes is None:
        why = "nobody listens now: we are starting, or stopping"
        raise Refused(HTTPStatus.SERVICE_UNAVAILABLE, why, **{"Retry-After": "5"})
    name, right = request.match_info["name"], request.headers.get("Authorization", "")
    pushes.admit(name, right)  # before a byte of the body is read
    if (request.content_length or 0) > PUSH or len(body := await _body(request)) > PUSH:
        raise Refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"a body may have {PUSH} bytes")
    pushed = Pushed(name=name, authorization=right, query=tuple(request.query.items()), body=body)
    return await pushes.hear(pushed)


async def _body(request: web.Request) -> bytes:
    try:
        async with asyncio.timeout(SLOW):
            return await request.read()
    except TimeoutError:
        raise web.HTTPRequestTimeout from None


def _see_if_ready(request: web.Request) -> See:
    return _when_ready(request).see


def _when_ready(request: web.Request) -> Source:
    source = request.app[SOURCE]
    if not source.ready():
        raise web.HTTPServiceUnavailable(
            text="Watchkeeper is not Ready: it is reading its store.\n", headers={"Retry-After": "1"}
        )
    return source
