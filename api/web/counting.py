"""Holds the counting of requests for quotas, in memory or in a Redis. Knows neither HTTP nor who is counted.

The count is that of a sliding window, of two numbers a caller: what was sent in this window, and what was sent in the
one before, by as much of it as is not yet a whole window ago. Nothing is kept for longer than two windows.
"""

import asyncio
import contextlib
import hashlib
import math
import time
from collections import OrderedDict
from typing import Final, NamedTuple

from limits import RateLimitItem
from limits.aio.storage import MemoryStorage, RedisStorage
from limits.aio.strategies import SlidingWindowCounterRateLimiter

from api.settings import SettingsRefused
from api.web.logs import LOG

MOST_COUNTS: Final = 100_000
"""The most counts in memory. Where there would be more, the oldest is forgotten: its caller is counted anew."""
PATIENCE: Final = 0.1
"""Seconds that a Redis is given to answer."""
PAUSE: Final = 5.0
"""Seconds for which a Redis that failed is not asked again."""
MOST_CONNECTIONS: Final = 32
"""The most connections of one worker to its Redis."""


class Spent(NamedTuple):
    """What became of one request under a quota."""

    fits: bool
    left: int
    """How many more would fit now."""
    wait: int
    """Whole seconds until one more fits."""


class Counts(MemoryStorage):
    """The counts of one worker. `limits` itself looks through all of them after each request; this never does."""

    def __init__(self) -> None:
        """Begin with none."""
        super().__init__()
        self.expirations: OrderedDict[str, float] = OrderedDict()

    async def incr(self, key: str, expiry: float, amount: int = 1) -> int:
        """Count, and make room: first goes what has expired, then what is oldest."""
        now = time.time()
        if self.expirations.get(key, 0) <= now:
            self.storage[key] = 0
            self.expirations[key] = now + expiry
            self.expirations.move_to_end(key)
        self.storage[key] += amount
        while len(self.expirations) > MOST_COUNTS or next(iter(self.expirations.values())) <= now:
            self.storage.pop(self.expirations.popitem(last=False)[0])
        return self.storage[key]


class OwnCounter:
    """Counts in the memory of this worker."""

    def __init__(self) -> None:
        """Begin with nothing counted."""
        self._limiter = SlidingWindowCounterRateLimiter(Counts())

    async def spend(self, quota: RateLimitItem, name: str) -> Spent:
        """Count one request of somebody under a quota."""
        return await _spend(self._limiter, quota, name)


class SharedCounter:
    """Counts in a Redis that several workers share. It says nothing where that does not answer at once."""

    def __init__(self, address: str) -> None:
        """Connect nowhere yet; `address` is as redis://HOST:PORT.

        Raises:
            SettingsRefused: the package `redis` is not installed.

        """
        try:
            from redis.asyncio import BlockingConnectionPool  # noqa: PLC0415 -- an extra that few need
        except ImportError:
            message = "SLEEP_GUIDANCE_QUOTA_STORAGE: install the extra `redis` to count in a Redis."
            raise SettingsRefused(message) from None
        self.pool = BlockingConnectionPool.from_url(address, max_connections=MOST_CONNECTIONS, timeout=PATIENCE)
        # the pool is what connects, so that its limits hold; `limits` types its options as words and numbers
        storage = RedisStorage(f"async+{address}", implementation="redispy", connection_pool=self.pool)  # type: ignore[arg-type]
        self._limiter = SlidingWindowCounterRateLimiter(storage)
        self._secret = hashlib.sha256(address.encode()).digest()
        self._ask_again = 0.0

    async def spend(self, quota: RateLimitItem, name: str) -> Spent | None:
        """Count one request of somebody under a quota; none where the Redis does not tell within its time.

        What is stored names nobody: it is a hash under the address of the Redis, password and all.
        """
        now = time.monotonic()
        if now < self._ask_again:
            return None
        if self._ask_again:
            self._ask_again = now + PAUSE  # this one tries it; nobody else waits with it
        stored = hashlib.blake2b(name.encode(), key=self._secret, digest_size=16).hexdigest()
        try:
            async with asyncio.timeout(PATIENCE):
                spent = await _spend(self._limiter, quota, stored)
        except Exception:  # noqa: BLE001 -- whatever ails the Redis, it never stands between a person and an answer
            if not self._ask_again:
                LOG.warning("quota storage fails")
            self._ask_again = time.monotonic() + PAUSE
            with contextlib.suppress(Exception):  # of what is dead, no farewell is needed
                async with asyncio.timeout(PATIENCE):
                    await self.pool.disconnect(inuse_connections=False)  # else each that died fails once more by itself
            return None
        if self._ask_again:
            LOG.warning("quota storage answers again")
            self._ask_again = 0.0
        return spent


async def _spend(limiter: SlidingWindowCounterRateLimiter, quota: RateLimitItem, name: str) -> Spent:
    fits = await limiter.hit(quota, name)
    reset, left = await limiter.get_window_stats(quota, name)
    return Spent(fits, left if fits else 0, max(1, math.ceil(reset - time.time())))
