"""Who may try how often: codes by address and in all, votes and names by seat. Each server counts for itself.

A code has 86 million values. With at most 300 wrong ones in ten minutes, and 200 rooms at once, somebody who tries
without end from fifteen addresses finds a room in a day with a chance of one in ten; from one address, in a hundred
days or more. An address that has not erred lately always has a try: a class must not be kept out by somebody's trying.
"""

from __future__ import annotations

import time
from collections import OrderedDict, deque
from collections.abc import Callable, Hashable
from ipaddress import IPv6Address, ip_address

MOST_KEYS = 20_000  # that are remembered; the oldest are forgotten first


class Window:
    """At most `most` in `seconds`, for each key."""

    def __init__(self, most: int, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._most, self._seconds, self._clock = most, seconds, clock
        self._seen: OrderedDict[Hashable, deque[float]] = OrderedDict()

    def count(self, key: Hashable) -> int:
        """How many there were lately."""
        seen = self._seen.get(key)
        if seen is None:
            return 0
        while seen and seen[0] <= self._clock() - self._seconds:
            seen.popleft()
        if not seen:
            del self._seen[key]
        return len(seen)

    def full(self, key: Hashable) -> bool:
        """Whether one more would be too many."""
        return self.count(key) >= self._most

    def note(self, key: Hashable) -> None:
        """One more. No more than `most` are remembered of a key."""
        self.count(key)
        self._seen.setdefault(key, deque(maxlen=self._most)).append(self._clock())
        self._seen.move_to_end(key)
        while len(self._seen) > MOST_KEYS:
            self._seen.popitem(last=False)

    def take(self, key: Hashable) -> bool:
        """Note one more, if it is not too many; whether it was noted."""
        if self.full(key):
            return False
        self.note(key)
        return True


class Limits:
    """All limits of a server."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._wrong, self._wrong_in_all = Window(20, 600, clock), Window(300, 600, clock)
        self._joins = Window(300, 600, clock)  # a whole school may have one address
        self._votes, self._names = Window(40, 20, clock), Window(10, 60, clock)
        self._opens = Window(20, 3600, clock)

    def may_try(self, address: str) -> bool:
        """Whether this address may try a code. Where many are tried in all, only those who never erred lately may."""
        key = neighbourhood(address)
        return not self._wrong.full(key) and not (self._wrong_in_all.full("") and self._wrong.count(key))

    def wrong(self, address: str) -> None:
        """The code that this address tried is no room's."""
        self._wrong.note(neighbourhood(address))
        self._wrong_in_all.note("")

    def may_join(self, address: str) -> bool:
        """Whether one more may come in from this address."""
        return self._joins.take(neighbourhood(address))

    def may_vote(self, seat: Hashable) -> bool:
        """Whether this seat may vote, or change its vote."""
        return self._votes.take(seat)

    def may_rename(self, seat: Hashable) -> bool:
        """Whether this seat may try another name."""
        return self._names.take(seat)

    def may_open(self, address: str) -> bool:
        """Whether one more room may be opened from this address."""
        return self._opens.take(neighbourhood(address))


def neighbourhood(address: str) -> str:
    """What counts as one address: of IPv6 the half that a network is given, since it can use any of the other half.

    >>> neighbourhood("2001:db8::7") == neighbourhood("2001:db8::8"), neighbourhood("10.0.0.7")
    (True, '10.0.0.7')
    """
    try:
        found = ip_address(address)
    except ValueError:
        return address[:64]
    if isinstance(found, IPv6Address):
        if found.ipv4_mapped is not None:
            return str(found.ipv4_mapped)
        return found.exploded[:19]
    return str(found)
