# mypy: ignore-errors
"""Much goes wrong and is caught: errors as answers, cleaning up, raising again, context managers, chains of causes."""


class Refused(Exception):
    def __init__(self, code):
        super().__init__(code)
        self.code = code


class Attempt:
    def __init__(self, log):
        self.log = log

    def __enter__(self):
        return self

    def __exit__(self, kind, error, traceback):
        self.log.append("failed" if kind else "done")
        return kind is Refused


def number_of(text):
    try:
        return int(text)
    except ValueError:
        try:
            return float(text)
        except ValueError:
            return None


def deep(level, code):
    if level == 0:
        raise Refused(code)
    try:
        return deep(level - 1, code)
    finally:
        code += 1


def translated(code):
    try:
        deep(3, code)
    except Refused as error:
        if error.code % 3 == 0:
            raise KeyError(error.code) from error
        if error.code % 3 == 1:
            raise
        return error.code
    return -1


def main(n=800):
    log = []
    total = 0
    table = {}
    words = ["12", "3.5", "x", "", "7e2", "-4"]
    for number in range(n):
        value = number_of(words[number % 6])
        total += 0 if value is None else value
        try:
            table[number % 50] += 1
        except KeyError:
            table[number % 50] = 1
        with Attempt(log):
            if number % 4 == 0:
                raise Refused(number)
        try:
            total += translated(number)
        except (KeyError, Refused):
            total -= 1
        else:
            total += 1
    print(total, log.count("failed"), len(table))


if __name__ == "__main__":
    main()
