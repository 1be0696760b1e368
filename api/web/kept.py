"""Holds the way of a GET into the app by the table: what is kept is given from it, what is made is kept in it."""

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.web.negotiating import wishes_of
from api.web.rendered import PLAIN, RenderedAnswers
from api.web.representing import Answer, represent, select


def through_table(app: ASGIApp, table: RenderedAnswers) -> ASGIApp:
    """Put the table before an app: its public answers are kept, tags and conditions are those of the table.

    An answer that is not 200, or that says nothing of how long it holds, or that nobody may store, passes as it is.
    """

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "GET":
            await app(scope, receive, send)
            return
        wishes = wishes_of(scope["headers"])
        address = address_of(scope)
        found = table.find(address, wishes)
        if found is None:
            library = table.serving.library
            whole = await _whole(app, scope, receive, send)
            if whole is None:
                return
            route = scope.get("route")
            if PLAIN.fullmatch(address) and is_for_all(whole):
                made = represent(whole, await table.encode(whole.body))
                table.keep(address, wishes, library, route, made)
            else:
                made = represent(whole, {"identity": whole.body})
        else:
            route, made = found
        scope["route"] = route
        given = select(made, scope["headers"])
        await send({"type": "http.response.start", "status": given.status, "headers": given.headers})
        await send({"type": "http.response.body", "body": given.body})

    return answer


def address_of(scope: Scope) -> bytes:
    """Give the address as the client wrote it; a server that does not tell gives none, which is never kept."""
    path: bytes = scope.get("raw_path") or b""
    return path + b"?" + scope["query_string"] if scope["query_string"] else path


async def _whole(app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> Answer | None:
    """Give the answer of an app whole; none where it was passed on because it is not to be stored by anybody."""
    started: Message | None = None
    passing = False
    body: list[bytes] = []

    async def take(message: Message) -> None:
        nonlocal started, passing
        if message["type"] == "http.response.start":
            caching = _storing(Answer(message["status"], message["headers"], b""))
            passing = message["status"] != 200 or not caching or any(b"no-store" in value for value in caching)  # noqa: PLR2004
            started = message
        if passing:
            await send(message)
        else:
            body.append(message.get("body", b""))

    await app(scope, receive, take)
    # of a body in one piece this is that piece itself, so that what a library holds is not held twice
    return None if passing or started is None else Answer(200, started["headers"], b"".join(filter(None, body)))


def is_for_all(answer: Answer) -> bool:
    """Tell whether an answer may be kept for a while and given to everybody."""
    said = _storing(answer)
    return any(b"max-age" in value for value in said) and not any(b"private" in value for value in said)


def _storing(answer: Answer) -> list[bytes]:
    return [value for name, value in answer.headers if name == b"cache-control"]
