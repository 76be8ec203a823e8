"""`itertools` and the C half of `functools`: iterators that could run for ever stop at checkpoints.

Every endless or huge source of items in C is replaced by a generator, so that whatever consumes it, `sum`, `any`,
`list`, passes a checkpoint at each item.
"""

from __future__ import annotations

import itertools
import math
import operator

from executive import priced

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from executive.shims import World

MANY = 1_000_000  # items that C code may go through without a checkpoint


def make_itertools(world: World) -> dict[str, Any]:
    names = world.builtins

    def paused(items: Any) -> Any:
        for item in items:
            if names["_axis_due"]:
                names["_axis_checkpoint"]()
            yield item

    def count(start: Any = 0, step: Any = 1) -> Any:
        """Endless numbers from *start*."""
        operator.index(0) if isinstance(start, (int, float, complex)) else start + step
        return paused(itertools.count(start, step))

    def cycle(iterable: Any) -> Any:
        """The items over and over."""
        return paused(itertools.cycle(iterable))

    def repeat(value: Any, times: Any = None) -> Any:
        """*value* for ever, or *times* times."""
        if times is None:
            return paused(itertools.repeat(value))
        times = operator.index(times)
        plain = itertools.repeat(value, times)
        return plain if times <= MANY else paused(plain)

    def product(*iterables: Any, repeat: int = 1) -> Any:
        """Cartesian product."""
        pools = [tuple(iterable) for iterable in iterables]
        total = math.prod(map(len, pools)) ** repeat if repeat < 64 else MANY + 1
        plain = itertools.product(*pools, repeat=repeat)
        return plain if total <= MANY else paused(plain)

    def bounded(maker: Any, total: Any) -> Any:
        def make(iterable: Any, r: Any = None) -> Any:
            pool = tuple(iterable)
            size = len(pool) if r is None else operator.index(r)
            plain = maker(pool, size)
            return plain if size >= 0 and total(len(pool), size) <= MANY else paused(plain)

        return make

    class chain:
        """One iterable after the other."""

        __module__ = "itertools"

        def __new__(cls, *iterables: Any) -> Any:
            return paused(itertools.chain.from_iterable(paused(iterables)))

        @staticmethod
        def from_iterable(iterables: Any) -> Any:
            return paused(itertools.chain.from_iterable(paused(iterables)))

    world.own(chain)
    permutations = bounded(itertools.permutations, lambda n, r: math.perm(n, r) if n < 100 else MANY + 1)
    combinations = bounded(itertools.combinations, lambda n, r: math.comb(n, r) if n < 1000 else MANY + 1)
    with_replacement = bounded(
        itertools.combinations_with_replacement,
        lambda n, r: math.comb(n + r - 1, r) if n > 0 and n + r < 1000 else MANY + 1,
    )
    for function, name in (
        (permutations, "permutations"), (combinations, "combinations"),
        (with_replacement, "combinations_with_replacement"),
    ):
        function.__name__ = function.__qualname__ = name
    made: dict[str, Any] = {
        "count": count, "cycle": cycle, "repeat": repeat, "product": product, "permutations": permutations,
        "combinations": combinations, "combinations_with_replacement": with_replacement, "chain": chain,
    }
    for name in ("accumulate", "compress", "dropwhile", "filterfalse", "groupby", "islice", "pairwise", "starmap",
                 "takewhile", "tee", "zip_longest", "batched"):
        if hasattr(itertools, name):
            made[name] = getattr(itertools, name)
    return made


def make_functools(world: World) -> dict[str, Any]:
    import functools

    names = world.builtins

    def reduce(function: Any, iterable: Any, *initial: Any) -> Any:
        """Fold *function* over the items."""
        items = iter(iterable)
        if initial:
            value = initial[0]
        else:
            try:
                value = next(items)
            except StopIteration:
                raise TypeError("reduce() of empty iterable with no initial value") from None
        for item in items:
            if names["_axis_due"]:
                names["_axis_checkpoint"]()
            value = function(value, item)
        return value

    from _functools import _lru_cache_wrapper, cmp_to_key  # type: ignore[import-not-found]  # C, without stubs

    return {
        "reduce": reduce, "partial": functools.partial, "cmp_to_key": cmp_to_key,
        "_lru_cache_wrapper": _lru_cache_wrapper,
    }


MAX_FACTORIAL = 200_000


def make_math(world: World) -> dict[str, Any]:
    names = {key: value for key, value in vars(math).items() if key[0] != "_"}

    def factorial(n: Any, /) -> Any:
        """n!"""
        if operator.index(n) > MAX_FACTORIAL:
            raise OverflowError(f"factorial() argument should not exceed {MAX_FACTORIAL} here")
        return math.factorial(n)

    def comb(n: Any, k: Any, /) -> Any:
        """n over k."""
        n, k = operator.index(n), operator.index(k)
        if min(k, n - k) * n.bit_length() > priced.MAX_BITS:
            raise OverflowError("the result would be too large")
        return math.comb(n, k)

    def perm(n: Any, k: Any = None, /) -> Any:
        """n! / (n - k)!"""
        n = operator.index(n)
        if (n if k is None else operator.index(k)) * n.bit_length() > priced.MAX_BITS:
            raise OverflowError("the result would be too large")
        return math.perm(n, k)

    def prod(iterable: Any, /, *, start: Any = 1) -> Any:
        """The product of the items."""
        for item in iterable:
            world.pause()
            start = priced.multiply(start, item)
        return start

    names.update(factorial=factorial, comb=comb, perm=perm, prod=prod)
    return names


def make_operator(world: World) -> dict[str, Any]:
    """The C half of `operator`, within the policy and the limits."""
    import _operator

    from executive.guards import GUARDS

    names = {key: value for key, value in vars(_operator).items() if key[0] != "_"}
    names["_compare_digest"] = _operator._compare_digest

    def ipow(a: Any, b: Any) -> Any:
        return priced.power(a, b)

    def imul(a: Any, b: Any) -> Any:
        return vars(_operator)["imul"](a, priced.factor(a, b))

    names.update(
        attrgetter=GUARDS.attribute_getter, methodcaller=GUARDS.method_caller, mul=GUARDS.multiply, imul=imul,
        pow=GUARDS.power, ipow=ipow, lshift=GUARDS.shift_left, ilshift=GUARDS.shift_left,
    )
    return names
