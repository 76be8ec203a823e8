# mypy: ignore-errors
"""A parser by recursive descent for nested data as text, and its writer: characters, slices, dictionaries, errors."""

ESCAPES = {"n": "\n", "t": "\t", '"': '"', "\\": "\\"}


class BadText(ValueError):
    def __init__(self, message, place):
        super().__init__(f"{message} at {place}")
        self.place = place


class Parser:
    def __init__(self, text):
        self.text = text
        self.place = 0

    def skip(self):
        text, place = self.text, self.place
        while place < len(text) and text[place] in " \n\t":
            place += 1
        self.place = place
        return text[place] if place < len(text) else ""

    def expect(self, character):
        if self.skip() != character:
            raise BadText(f"{character!r} is missing", self.place)
        self.place += 1

    def value(self):
        first = self.skip()
        if first == "{":
            return self.table()
        if first == "[":
            return self.items()
        if first == '"':
            return self.string()
        if first == "-" or first.isdigit():
            return self.number()
        for word, meaning in (("true", True), ("false", False), ("null", None)):
            if self.text.startswith(word, self.place):
                self.place += len(word)
                return meaning
        raise BadText("no value", self.place)

    def table(self):
        result = {}
        self.expect("{")
        while self.skip() != "}":
            key = self.string()
            self.expect(":")
            result[key] = self.value()
            if self.skip() == ",":
                self.place += 1
        self.place += 1
        return result

    def items(self):
        result = []
        self.expect("[")
        while self.skip() != "]":
            result.append(self.value())
            if self.skip() == ",":
                self.place += 1
        self.place += 1
        return result

    def string(self):
        self.expect('"')
        pieces = []
        while True:
            character = self.text[self.place]
            self.place += 1
            if character == '"':
                return "".join(pieces)
            if character == "\\":
                character = ESCAPES[self.text[self.place]]
                self.place += 1
            pieces.append(character)

    def number(self):
        start = self.place
        while self.place < len(self.text) and self.text[self.place] in "+-.eE0123456789":
            self.place += 1
        word = self.text[start : self.place]
        return int(word) if word.lstrip("-").isdigit() else float(word)


def write(value):
    if isinstance(value, dict):
        return "{" + ", ".join([f"{write(key)}: {write(item)}" for key, item in value.items()]) + "}"
    if isinstance(value, list):
        return "[" + ", ".join([write(item) for item in value]) + "]"
    if isinstance(value, str):
        for character, written in (("\\", "\\\\"), ('"', '\\"'), ("\n", "\\n"), ("\t", "\\t")):
            value = value.replace(character, written)
        return f'"{value}"'
    if value is None:
        return "null"
    if value is True or value is False:
        return "true" if value else "false"
    return repr(value)


def main(n=30):
    data = [
        {"id": i, "name": f"item \"{i}\"\n", "sizes": [i, i * 0.5, -i], "tags": {"odd": i % 2 == 1, "none": None}}
        for i in range(n)
    ]
    text = write(data)
    again = Parser(text).value()
    failures = 0
    for cut in range(1, 40):
        try:
            Parser(text[:cut].rstrip('"') + "?").value()
        except (BadText, IndexError, KeyError):
            failures += 1
    print(len(text), again == data, failures)


if __name__ == "__main__":
    main()
