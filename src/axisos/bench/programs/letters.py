# mypy: ignore-errors
"""Strings that grow: concatenation, joining, formatting, slicing, padding, splitting."""


def roman(number):
    text = ""
    for value, letters in ((100, "C"), (90, "XC"), (50, "L"), (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"),
                           (1, "I")):
        while number >= value:
            text += letters
            number -= value
    return text


def table(rows):
    lines = []
    for row in rows:
        cells = []
        for number, cell in enumerate(row):
            cells.append(str(cell).rjust(8) if number else str(cell).ljust(10))
        lines.append("|" + "|".join(cells) + "|")
    return "\n".join(lines)


def wrapped(words, width):
    line = ""
    for word in words:
        if len(line) + len(word) + 1 > width:
            yield line
            line = word
        else:
            line = f"{line} {word}" if line else word
    if line:
        yield line


def mirrored(text):
    result = ""
    for character in text:
        result = character + result
    return result


def main(n=150):
    numerals = [roman(number) for number in range(1, n)]
    text = table([(numeral, len(numeral), "%04d" % number, f"{number / 7:.3f}")  # noqa: UP031 - as people write it
                  for number, numeral in enumerate(numerals)])
    lines = list(wrapped(text.replace("|", " ").split(), 60))
    back = [mirrored(line) for line in lines]
    total = sum(len(line.strip()) for line in back) + sum(line.count("X") for line in lines)
    print(len(text), len(lines), total)


if __name__ == "__main__":
    main()
