import threading
import time
from concurrent.futures import (
    ALL_COMPLETED, FIRST_COMPLETED, FIRST_EXCEPTION, CancelledError, Future, InvalidStateError, ThreadPoolExecutor, TimeoutError,
    as_completed, wait,
)


def slow(n, failing=False):
    time.sleep(n / 20)
    if failing: raise ValueError(f"no {n}")
    return n * n


with ThreadPoolExecutor(max_workers=4, thread_name_prefix="crew") as pool:
    print(list(pool.map(slow, [2, 0, 1])), list(pool.map(pow, [2, 3, 4], [5, 2])), sum(pool.map(len, ["a", "bb"])))
    futures = {pool.submit(slow, n): n for n in (3, 1, 2)}
    print([(futures[f], f.result()) for f in as_completed(futures)])
    bad = pool.submit(slow, 0, failing=True)
    print(repr(bad.exception()), bad.done(), bad.cancelled(), bad.running())
    try: bad.result()
    except ValueError as e: print("raised", e)
    futures = [pool.submit(slow, n, failing=n == 2) for n in (6, 1, 2, 9)]
    for how in (FIRST_COMPLETED, FIRST_EXCEPTION, ALL_COMPLETED):
        done, not_done = wait(futures, return_when=how)
        print(how, [f in done for f in futures], len(not_done))
    result = wait([pool.submit(slow, 1), pool.submit(slow, 20)], timeout=0.2)
    print(len(result.done), len(result.not_done))
    for f in result.not_done:
        try: f.result(timeout=0.05)
        except TimeoutError as e: print("late", isinstance(e, OSError))
    try: list(as_completed(result.not_done, timeout=0.05))
    except TimeoutError as e: print(e)
    blockers = [pool.submit(slow, 4) for _ in range(4)]
    waiting = pool.submit(slow, 1)
    print(waiting.cancel(), waiting.cancelled(), waiting.cancel(), waiting.done())
    try: waiting.result()
    except CancelledError: print("cancelled")
    seen = []
    blockers[0].add_done_callback(lambda f: seen.append(f.result()))
    blockers[0].add_done_callback(lambda f: seen.append("second"))
    wait(blockers)
time.sleep(0.05)
print(seen, [t.name for t in threading.enumerate()])
try: pool.submit(slow, 1)
except RuntimeError as e: print(e)
numbers = ThreadPoolExecutor(1, initializer=lambda base: made.append(base), initargs=(40,)) if (made := []) is not None else None
print(numbers.submit(lambda: made[0] + 2).result())
numbers.shutdown()
promise = Future()
threading.Timer(0.05, promise.set_result, ["kept"]).start()
print(promise.done(), promise.result(timeout=5), promise.exception())
try: promise.set_result("again")
except InvalidStateError: print("once only")
pool = ThreadPoolExecutor(1)
work = [pool.submit(slow, 2) for _ in range(4)]
time.sleep(0.02)
pool.shutdown(wait=True, cancel_futures=True)
print([f.cancelled() for f in work], work[0].result())
last = ThreadPoolExecutor(2)
last.submit(lambda: (slow(2), print("worked out after the end")))
print("end")
