# mypy: ignore-errors
"""A board game of stones that surround each other, played at random to its end: flood fills over lists and sets."""

SIZE = 7
EMPTY, BLACK, WHITE = 0, 1, 2


class Dice:
    def __init__(self, state):
        self.state = state

    def roll(self, limit):
        self.state = (self.state * 69069 + 1) & 0xFFFFFFFF
        return (self.state >> 8) % limit


def neighbours_of(size):
    table = []
    for place in range(size * size):
        row, column = divmod(place, size)
        near = []
        if row:
            near.append(place - size)
        if row < size - 1:
            near.append(place + size)
        if column:
            near.append(place - 1)
        if column < size - 1:
            near.append(place + 1)
        table.append(near)
    return table


class Board:
    def __init__(self, size):
        self.neighbours = neighbours_of(size)
        self.stones = [EMPTY] * (size * size)
        self.free = list(range(size * size))
        self.captured = {BLACK: 0, WHITE: 0}

    def group(self, place):
        colour = self.stones[place]
        members = {place}
        breaths = set()
        edge = [place]
        while edge:
            for near in self.neighbours[edge.pop()]:
                stone = self.stones[near]
                if stone == EMPTY:
                    breaths.add(near)
                elif stone == colour and near not in members:
                    members.add(near)
                    edge.append(near)
        return members, breaths

    def play(self, place, colour):
        other = WHITE if colour == BLACK else BLACK
        self.stones[place] = colour
        self.free.remove(place)
        for near in self.neighbours[place]:
            if self.stones[near] == other:
                members, breaths = self.group(near)
                if not breaths:
                    self.remove(members, colour)
        members, breaths = self.group(place)
        if not breaths:
            self.remove(members, other)

    def remove(self, members, by):
        self.captured[by] += len(members)
        for place in sorted(members):
            self.stones[place] = EMPTY
            self.free.append(place)


def game(dice):
    board = Board(SIZE)
    colour = BLACK
    for _ in range(2 * SIZE * SIZE):
        if not board.free:
            break
        board.play(board.free[dice.roll(len(board.free))], colour)
        colour = WHITE if colour == BLACK else BLACK
    return board


def main(n=12):
    dice = Dice(7)
    black = white = 0
    for _ in range(n):
        board = game(dice)
        black += board.captured[BLACK] + board.stones.count(BLACK)
        white += board.captured[WHITE] + board.stones.count(WHITE)
    print(black, white)


if __name__ == "__main__":
    main()
