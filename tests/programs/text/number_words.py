ONES = "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split()
TENS = "_ _ twenty thirty forty fifty sixty seventy eighty ninety".split()
SCALES = ((10 ** 9, "billion"), (10 ** 6, "million"), (1000, "thousand"), (100, "hundred"))


def words(n):
    if n < 0: return "minus " + words(-n)
    if n < 20: return ONES[n]
    if n < 100:
        tens, rest = divmod(n, 10)
        return TENS[tens] + (f"-{ONES[rest]}" if rest else "")
    for size, name in SCALES:
        if n >= size:
            big, rest = divmod(n, size)
            return f"{words(big)} {name}" + (f"{' and ' if rest < 100 else ' '}{words(rest)}" if rest else "")


def parse(text):
    value = total = 0
    for w in text.replace("-", " ").replace(" and ", " ").split():
        if w in ONES: value += ONES.index(w)
        elif w in TENS: value += TENS.index(w) * 10
        elif w == "hundred": value *= 100
        else:
            total += value * dict((n, s) for s, n in SCALES)[w]
            value = 0
    return total + value


def ordinal(n): return f"{n}{'th' if 10 <= n % 100 <= 20 else {1: 'st', 2: 'nd', 3: 'rd'}.get(n % 10, 'th')}"
def plural(word):
    if word.endswith(("s", "x", "ch", "sh")): return word + "es"
    if word[-1] == "y" and word[-2] not in "aeiou": return word[:-1] + "ies"
    return word + "s"


for n in (0, 13, 42, 100, 101, 999, 1000, 12345, 1000001, -7, 2 ** 31):
    print(n, words(n))
assert all(parse(words(n)) == n for n in range(0, 3000, 7))
print([ordinal(n) for n in (1, 2, 3, 4, 11, 12, 21, 112, 103)], [plural(w) for w in "cat box city day church".split()])
for i in range(1, 16):
    print("Fizz" * (i % 3 == 0) + "Buzz" * (i % 5 == 0) or i, end=" ")
print()
def beer(n): return f"{n or 'no more'} bottle{'s' * (n != 1)} of beer"
for n in range(2, -1, -1): print(f"{beer(n).capitalize()} on the wall.")
