"""What stands between a browser and Streamlit: a visitor's cookie, headers, and whose page may open a connection.

What it cannot do: a page's scripts come with `unsafe-inline` and `unsafe-eval`, which Streamlit and its charts need, so
the policy does not stop a script that got into a page; it keeps one from asking other hosts. Who may show the app in a
frame is left open, since courses embed it. Names of hosts are not checked, since a class opens the server by whatever
address it has; `server.allowedHosts` does that where the name is known.
"""

from __future__ import annotations

from http.cookies import SimpleCookie
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from streamlit import config

from sslviz.ui.visitors import COOKIE, is_number, new_number

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

POLICY = "; ".join(
    (
        "default-src 'self' data: blob:",
        "script-src 'self' 'unsafe-inline' 'unsafe-eval' blob: data:",
        "style-src 'self' 'unsafe-inline'",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
    )
)
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",  # an address may name a run
    "Content-Security-Policy": POLICY,
}
PORTS = {"http": 80, "https": 443, "ws": 80, "wss": 443}


class Guard:
    """ASGI middleware around all of Streamlit."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, refuse, or hand on."""
        headers = Headers(scope=scope) if scope["type"] in ("http", "websocket") else Headers()
        if scope["type"] == "websocket" and not may_connect(headers.get("origin"), headers.get("host")):
            await send({"type": "websocket.close", "code": 1008})  # before it was accepted: status 403
            return
        if scope["type"] == "http" and scope["path"].endswith("/_stcore/metrics"):
            # How many visitors there are and what they keep; Streamlit has no setting that keeps it back.
            await PlainTextResponse("Not found", 404)(scope, receive, send)
            return

        async def told(message: Message) -> None:
            if message["type"] == "http.response.start":
                answered = MutableHeaders(raw=message["headers"])
                for name, value in HEADERS.items():
                    answered.setdefault(name, value)
                # By what is asked for: a page that the browser still has is answered with 304, and without a type.
                # A phone in a class opens no page of Streamlit's, and is given nothing but its seat.
                page = "text/html" in headers.get("accept", "") and "class" not in scope["path"].split("/")
                if page and not _is_known(headers):
                    secure = "; Secure" if scope["scheme"] == "https" else ""
                    answered.append("Set-Cookie", f"{COOKIE}={new_number()}; Path=/; HttpOnly; SameSite=Lax{secure}")
            await send(message)

        await self._app(scope, receive, told if scope["type"] == "http" else send)


def _is_known(headers: Headers) -> bool:
    cookie = SimpleCookie(headers.get("cookie", "")).get(COOKIE)
    return cookie is not None and is_number(cookie.value)


def may_connect(origin: str | None, host: str | None) -> bool:
    """Whether a page of this origin may open a connection: our own page, or one that Streamlit's settings name.

    Streamlit itself takes any port of localhost, where another user of the computer may have put a page; and of an
    origin that it does not know it asks an outside host for its own address.
    """
    if origin is None or not config.get_option("server.enableCORS"):  # no browser; or all are welcome
        return True
    try:
        ours, theirs = urlsplit(f"//{host}"), urlsplit(origin)
        port, their_port = ours.port, theirs.port or PORTS.get(theirs.scheme)
    except ValueError:
        return False
    if theirs.hostname is None:
        return False
    if theirs.hostname == ours.hostname:
        return port in (None, their_port)  # a proxy may leave the port out
    named = [urlsplit(one).hostname for one in config.get_option("server.corsAllowedOrigins")]
    if config.is_manually_set("browser.serverAddress"):
        named.append(config.get_option("browser.serverAddress"))
    return theirs.hostname in named
