def look(value):
    return value.__globals__
