"""`itertools` and the C half of `functools`: iterators that could run for ever stop at checkpoints.

Every endless or huge source of items in C is replaced by a generator, so that whatever consumes it, `sum`, `any`,
`list`, passes a checkpoint at each item.
"""

from __future__ import annotations

import itertools
import math
import operator
from types import FunctionType

from abi.sealed import opaque
from executive import priced

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from executive.shims import World


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
        return paused(itertools.repeat(value) if times is None else itertools.repeat(value, operator.index(times)))

    def product(*iterables: Any, repeat: int = 1) -> Any:
        """Cartesian product."""
        return paused(itertools.product(*[tuple(iterable) for iterable in iterables], repeat=repeat))

    def paced_maker(maker: Any) -> Any:
        def make(iterable: Any, r: Any = None) -> Any:
            pool = tuple(iterable)
            return paused(maker(pool, len(pool) if r is None else operator.index(r)))

        return make

    def of_calls(maker: Any) -> Any:
        """A maker of iterators that call a function: a C function could make its own input grow without an end."""
        def make(function: Any, iterable: Any) -> Any:
            return maker(function, iterable if type(function) is FunctionType else paused(iterable))

        return make

    def accumulate(iterable: Any, func: Any = None, *, initial: Any = None) -> Any:
        """Running totals."""
        if func is None or type(func) is FunctionType:
            return itertools.accumulate(iterable, func, initial=initial)
        return itertools.accumulate(paused(iterable), func, initial=initial)

    def groupby(iterable: Any, key: Any = None) -> Any:
        """Runs of equal keys."""
        return itertools.groupby(iterable if key is None or type(key) is FunctionType else paused(iterable), key)

    class chain:
        """One iterable after the other."""

        __module__ = "itertools"

        def __new__(cls, *iterables: Any) -> Any:
            return paused(itertools.chain.from_iterable(paused(iterables)))

        @staticmethod
        def from_iterable(iterables: Any) -> Any:
            return paused(itertools.chain.from_iterable(paused(iterables)))

    world.own(chain)
    permutations, combinations = paced_maker(itertools.permutations), paced_maker(itertools.combinations)
    with_replacement = paced_maker(itertools.combinations_with_replacement)
    for function, name in (
        (permutations, "permutations"), (combinations, "combinations"),
        (with_replacement, "combinations_with_replacement"),
    ):
        function.__name__ = function.__qualname__ = name
    made: dict[str, Any] = {
        "count": count, "cycle": cycle, "repeat": repeat, "product": product, "permutations": permutations,
        "combinations": combinations, "combinations_with_replacement": with_replacement, "chain": chain,
        "accumulate": accumulate, "groupby": groupby,
    }
    for name in ("dropwhile", "filterfalse", "starmap", "takewhile"):
        made[name] = of_calls(getattr(itertools, name))
        made[name].__name__ = made[name].__qualname__ = name
    for name in ("compress", "islice", "pairwise", "tee", "zip_longest", "batched"):
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


MAX_FACTORIAL = 130_000  # its factorial has two million bits
MAX_DIVIDED = 1 << 20  # bits of an integer that is divided over and over: the time grows with the square
MAX_CHOSEN = 1 << 20  # bits of a result of `comb` and `perm`


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
        if min(k, n - k) * n.bit_length() > MAX_CHOSEN:
            raise OverflowError("the result would be too large")
        return math.comb(n, k)

    def perm(n: Any, k: Any = None, /) -> Any:
        """n! / (n - k)!"""
        n = operator.index(n)
        if (n if k is None else operator.index(k)) * n.bit_length() > MAX_CHOSEN:
            raise OverflowError("the result would be too large")
        return math.perm(n, k)

    def prod(iterable: Any, /, *, start: Any = 1) -> Any:
        """The product of the items."""
        for item in iterable:
            world.pause()
            start = priced.multiply(start, item)
        return start

    def small(number: Any) -> Any:
        number = operator.index(number)
        if number.bit_length() > MAX_DIVIDED:
            raise OverflowError(f"integers of more than {MAX_DIVIDED} bits would take too long")
        return number

    def gcd(*integers: Any) -> int:
        """The greatest common divisor."""
        return math.gcd(*[small(number) for number in integers])

    def lcm(*integers: Any) -> int:
        """The least common multiple."""
        found = 1
        for number in integers:
            world.pause()
            found = math.lcm(small(found), small(number))
        return found

    def isqrt(n: Any, /) -> int:
        """The integer part of the square root."""
        return math.isqrt(small(n))

    # Static methods: no class binds them to its objects, as it does not bind Python's own, which are of C.
    for function in (factorial, comb, perm, prod, gcd, lcm, isqrt):
        names[function.__name__] = staticmethod(function)
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

    def iadd(a: Any, b: Any) -> Any:
        world.pause()  # as the key of a `max` over a list it could make that longer for ever
        return vars(_operator)["iadd"](a, b)

    names.update(
        iadd=iadd, iconcat=iadd, attrgetter=opaque(GUARDS.attribute_getter), methodcaller=opaque(GUARDS.method_caller),
        mul=opaque(GUARDS.multiply), imul=imul, pow=opaque(GUARDS.power), ipow=ipow,
        lshift=opaque(GUARDS.shift_left), ilshift=opaque(GUARDS.shift_left),
    )
    return names
