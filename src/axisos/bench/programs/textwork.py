# mypy: ignore-errors
"""Words of a made-up text: counting, sorting, joining, formatting; dictionaries and string methods."""

SYLLABLES = ["ka", "lo", "mi", "ne", "ru", "sa", "to", "vi", "zu", "pe"]


def words(count):
    state = 42
    for _ in range(count):
        word = []
        for _ in range(2 + state % 3):
            state = (state * 1103515245 + 12345) % 2147483648
            word.append(SYLLABLES[state // 65536 % 10])
        yield "".join(word)


def count_words(text):
    counts = {}
    for line in text.splitlines():
        for word in line.split():
            word = word.strip(".,").lower()
            counts[word] = counts.get(word, 0) + 1
    return counts


def caesar(text, shift):
    out = []
    for character in text:
        if "a" <= character <= "z":
            out.append(chr((ord(character) - 97 + shift) % 26 + 97))
        else:
            out.append(character)
    return "".join(out)


def main(n=3000):
    lines = []
    line = []
    for number, word in enumerate(words(n)):
        line.append(word.capitalize() if number % 7 == 0 else word)
        if number % 11 == 10:
            lines.append(" ".join(line) + ".")
            line = []
    text = "\n".join(lines)
    counts = count_words(text)
    ranking = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    table = ["{:<12}{:>5}".format(word, count) for word, count in ranking[:50]]  # noqa: UP032 - it is priced
    table += [f"{word}={count:04d}" for word, count in ranking[50:100]]
    secret = caesar(text[:5000], 7)
    checksum = 0
    for character in "".join(table) + secret + text.replace("a", "e"):
        checksum = (checksum * 31 + ord(character)) % 1000000007
    print(len(counts), checksum)


if __name__ == "__main__":
    main()
