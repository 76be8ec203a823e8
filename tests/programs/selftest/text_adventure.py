import sys

ROOMS = {
    "hall": {"text": "A long hall.", "exits": {"north": "kitchen", "east": "garden"}, "items": {"lamp"}},
    "kitchen": {"text": "It smells of soup.", "exits": {"south": "hall"}, "items": {"spoon", "key"}},
    "garden": {"text": "Roses.", "exits": {"west": "hall", "gate": "end"}, "items": set()},
    "end": {"text": "Freedom!", "exits": {}, "items": set()},
}


class Game:
    def __init__(self): self.room, self.bag, self.moves, self.over = "hall", set(), 0, False

    def do(self, line):
        verb, *rest = line.lower().split() or [""]
        handler = getattr(self, f"do_{verb}", None)
        if handler is None: return f"I do not know how to {verb!r}."
        self.moves += 1
        return handler(*rest)

    def do_look(self):
        room = ROOMS[self.room]
        return f"{room['text']} Exits: {', '.join(sorted(room['exits'])) or 'none'}. You see: {', '.join(sorted(room['items'])) or 'nothing'}."

    def do_go(self, where=None):
        exits = ROOMS[self.room]["exits"]
        if where not in exits: return "You cannot go there."
        if where == "gate" and "key" not in self.bag: return "The gate is locked."
        self.room = exits[where]
        self.over = self.room == "end"
        return self.do_look()

    def do_take(self, *words):
        item = " ".join(words)
        try: ROOMS[self.room]["items"].remove(item)
        except KeyError: return f"No {item or 'thing'} here."
        self.bag.add(item)
        return f"Taken: {item}."

    def do_bag(self): return ", ".join(sorted(self.bag)) or "empty"


game = Game()
print(game.do("look"))
for line in sys.stdin:
    print(">", line.strip())
    print(game.do(line))
    if game.over: break
print(f"Score: {len(game.bag) * 10} in {game.moves} moves")
sys.exit(0 if game.over else 1)
