"""Cards that the browser may fetch before they are asked for, as JSON under an address that nobody can guess.

They do not travel with the page's own messages: those are drawn one after the other, and sent again with every redraw.
Only the visitor for whose page a card was made gets it, as their cookie says; where a browser takes no cookie, whoever
knows the address, which went to that one page alone.
"""

from __future__ import annotations

import secrets
import threading
from collections import OrderedDict
from typing import TYPE_CHECKING

from starlette.responses import Response
from starlette.routing import Route

from sslviz.ui.visitors import COOKIE, is_number

if TYPE_CHECKING:
    from starlette.requests import Request

MOST = 64 << 20  # bytes of all cards together; the oldest go first, and their visitors then wait for the server
NEVER = {"Cache-Control": "no-store"}  # a card is of one visitor, and is asked for once

_lock = threading.Lock()
_held: OrderedDict[str, tuple[str | None, bytes]] = OrderedDict()


def hold(card: bytes, owner: str | None) -> str:
    """Hold a card for a visitor, who is told by the number of the cookie; returns its name."""
    name = secrets.token_urlsafe(16)
    with _lock:
        _held[name] = (owner, card)
        size = sum(len(one) for _, one in _held.values())
        while size > MOST:
            _, (_, oldest) = _held.popitem(last=False)
            size -= len(oldest)
    return name


def drop(name: str) -> None:
    """Hold a card no longer."""
    with _lock:
        _held.pop(name, None)


def read(name: str, visitor: str | None) -> bytes | None:
    """A card, where it is held and is this visitor's."""
    with _lock:
        owner, card = _held.get(name, (None, None))
    return card if owner is None or owner == visitor else None


async def answer(request: Request) -> Response:
    """Serve a card; nothing, in the same way, where it is not there any more and where it is another visitor's."""
    visitor = request.cookies.get(COOKIE)
    card = read(request.path_params["name"], visitor if is_number(visitor) else None)
    if card is None:
        return Response(status_code=204, headers=NEVER)  # no fault: the page has moved on
    return Response(card, media_type="application/json", headers=NEVER)


# Before it may stand the path below which the app is served.
ROUTE = Route("/{before:path}ahead/{name}", answer)
