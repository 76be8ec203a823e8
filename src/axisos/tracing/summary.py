def summarise(path): return 0
