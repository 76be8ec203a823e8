# mypy: ignore-errors
"""Bookings of a shop in dictionaries: grouping, counting, updating, looking up by tuples, remembering results."""

KINDS = ("apple", "pear", "plum", "fig", "date", "lime", "kiwi")


def bookings(count):
    state = 12345
    for number in range(count):
        state = (state * 1103515245 + 12345) & 0x7FFFFFFF
        yield {"number": number, "kind": KINDS[(state >> 16) % 7], "day": (state >> 8) % 30, "amount": state % 50 - 10}


def grouped(rows):
    by_day = {}
    for row in rows:
        day = by_day.setdefault(row["day"], {})
        day[row["kind"]] = day.get(row["kind"], 0) + row["amount"]
    return by_day


def stock(by_day):
    held = dict.fromkeys(KINDS, 0)
    lowest = {}
    for day in sorted(by_day):
        for kind, amount in by_day[day].items():
            held[kind] += amount
            if (kind not in lowest) or held[kind] < lowest[kind][0]:
                lowest[kind] = held[kind], day
    return held, lowest


def ways(total, coins, known):
    if total == 0:
        return 1
    if total < 0 or not coins:
        return 0
    key = total, len(coins)
    if key not in known:
        known[key] = ways(total - coins[0], coins, known) + ways(total, coins[1:], known)
    return known[key]


def main(n=1500):
    rows = list(bookings(n))
    held, lowest = stock(grouped(rows))
    index = {(row["kind"], row["day"], row["number"] % 5): row["number"] for row in rows}
    found = 0
    for kind in KINDS:
        for day in range(30):
            for rest in range(5):
                if (kind, day, rest) in index:
                    found += index[kind, day, rest]
    print(sorted(held.items()), sorted(lowest.items()), found, ways(120, (1, 2, 5, 10, 20, 50), {}))


if __name__ == "__main__":
    main()
