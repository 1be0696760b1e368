"""Holds the gate before the routes: quotas of requests, and the keys of partners. Off unless the settings say more.

A quota protects the service, so it never stands where it would only hurt: health and readiness are free of it, and
where the Redis that counts does not answer, a check is let through and reads are counted by this worker alone.
"""

from collections.abc import Mapping
from typing import Final, Literal, NamedTuple

from limits import RateLimitItem, parse
from pydantic import MISSING
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.settings import Settings
from api.web.callers import Named, named, network, read_partners
from api.web.counting import OwnCounter, SharedCounter, Spent
from api.web.problems import CHECK_PATH, problem
from schemas.partners import Partner

FREE: Final = frozenset({"/healthz", "/readyz", "/metrics"})
"""The addresses that are never counted: those who watch over the service must see it when it is busy."""
MEMORY: Final = "memory"
READING: Final = frozenset({"GET", "HEAD", "OPTIONS"})
KEY_REFUSED: Final = (
    "This is no partner key that is known here. Send yours in the header `Authorization: Bearer`, or leave the header "
    "out to call without one."
)

Use = Literal["reads", "checks"]
"""What a request uses: answers that can be kept, or answers to what was sent."""


class Policy(NamedTuple):
    """A quota, and how it is told as a structured field."""

    use: Use
    quota: RateLimitItem

    def told(self) -> bytes:
        """Give the quota as an item of `RateLimit-Policy`."""
        return f'"{self.use}";q={self.quota.amount};w={self.quota.get_expiry()}'.encode()

    def spent(self, spent: Spent) -> bytes:
        """Give what is left as an item of `RateLimit`: over the whole window, or until one more fits."""
        return f'"{self.use}";r={spent.left};t={self.quota.get_expiry() if spent.left else spent.wait}'.encode()


class _Route(NamedTuple):
    """Stands for a route in the log and the metrics where a request never comes to it."""

    path: str


class Gate:
    """Who may pass: the quotas and partners of the settings, and what was counted so far."""

    def __init__(self, settings: Settings) -> None:
        """Read the partners, and begin with nothing counted.

        Raises:
            ContentRefused: the file of partner keys cannot be used.
            SettingsRefused: the storage cannot be used as it is installed.

        """
        self.partners = None if settings.partner_keys is None else read_partners(settings.partner_keys)
        self._own = OwnCounter()
        self._shared = None if settings.quota_storage == MEMORY else SharedCounter(settings.quota_storage)
        self._anonymous = {
            **_policies("reads", settings.quota_reads),
            **_policies("checks", settings.quota_checks),
        }
        self._partners = {
            partner.name: _both(settings.quota_partners if partner.quota is MISSING else partner.quota)
            for partner in self.partners or ()
        }

    def caller(self, scope: Scope) -> Named:
        """Tell who calls; where there are no partners the header is not looked at."""
        return "nobody" if self.partners is None else named(scope["headers"], scope["query_string"], self.partners)

    def policy(self, caller: Named, use: Use) -> Policy | None:
        """Give the quota of a caller, none where there is none."""
        return (self._partners[caller.name] if isinstance(caller, Partner) else self._anonymous).get(use)

    async def spend(self, policy: Policy, caller: Named, scope: Scope) -> Spent | None:
        """Count a request; none where it cannot be counted and goes free.

        A peer without an address is one that the machine itself connects, by a socket in its file system.
        """
        if isinstance(caller, Partner):
            name = f"partner {caller.name} {policy.use}"
        elif scope.get("client"):
            name = f"network {network(scope['client'][0])} {policy.use}"
        else:
            return None
        if self._shared is None:
            return await self._own.spend(policy.quota, name)
        spent = await self._shared.spend(policy.quota, name)
        return await self._own.spend(policy.quota, name) if spent is None and policy.use == "reads" else spent


def gated(app: ASGIApp, gate: Gate) -> ASGIApp:
    """Put a gate before an app."""

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] in FREE:
            await app(scope, receive, send)
            return
        use: Use = "reads" if scope["method"] in READING else "checks"
        caller = gate.caller(scope)
        policy = gate.policy(caller, use)
        spent = None if policy is None else await gate.spend(policy, caller, scope)
        if policy is not None and spent is not None:
            send = _telling(send, policy, spent)
        if spent is not None and not spent.fits:
            await _refuse(429, {"Retry-After": str(spent.wait)}, use)(scope, receive, send)
        elif caller == "refused":
            await _refuse(401, {"WWW-Authenticate": 'Bearer error="invalid_token"'}, use)(scope, receive, send)
        else:
            await app(scope, receive, send)

    return answer


def _refuse(status: int, headers: Mapping[str, str], use: Use) -> ASGIApp:
    """Refuse a request. Whatever may hold a check is refused with the words of the check: where to turn at once."""

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["path"] == CHECK_PATH:
            scope["route"] = _Route(CHECK_PATH)
        path = CHECK_PATH if use == "checks" else scope["path"]
        detail = KEY_REFUSED if status == 401 else ""  # noqa: PLR2004
        await problem(status, path, detail=detail, headers=headers)(scope, receive, send)

    return answer


def _telling(send: Send, policy: Policy, spent: Spent) -> Send:
    """Tell with every answer what is left of the quota."""

    async def send_on(message: Message) -> None:
        if message["type"] == "http.response.start":
            told = [(b"ratelimit-policy", policy.told()), (b"ratelimit", policy.spent(spent))]
            message = {**message, "headers": [*message["headers"], *told]}
        await send(message)

    return send_on


def _policies(use: Use, text: str) -> dict[Use, Policy]:
    return {} if text == "off" else {use: Policy(use, parse(text))}


def _both(text: str) -> dict[Use, Policy]:
    return _policies("reads", text) | _policies("checks", text)
