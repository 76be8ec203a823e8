def kmp(text, pattern):
    table = [0] * len(pattern)
    k = 0
    for i in range(1, len(pattern)):
        while k and pattern[k] != pattern[i]:
            k = table[k - 1]
        k += pattern[k] == pattern[i]
        table[i] = k
    k = 0
    for i, c in enumerate(text):
        while k and pattern[k] != c:
            k = table[k - 1]
        k += pattern[k] == c
        if k == len(pattern):
            yield i - k + 1
            k = table[k - 1]


def rabin_karp(text, pattern, base=257, mod=10 ** 9 + 7):
    n = len(pattern)
    if n > len(text):
        return
    high = pow(base, n - 1, mod)
    want = have = 0
    for a, b in zip(pattern, text):
        want = (want * base + ord(a)) % mod
        have = (have * base + ord(b)) % mod
    for i in range(len(text) - n + 1):
        if want == have and text[i:i + n] == pattern:
            yield i
        if i + n < len(text):
            have = ((have - ord(text[i]) * high) * base + ord(text[i + n])) % mod


class Trie:
    END = object()

    def __init__(self, words=()):
        self.root = {}
        for word in words:
            self.add(word)

    def add(self, word):
        node = self.root
        for c in word:
            node = node.setdefault(c, {})
        node[self.END] = word

    def with_prefix(self, prefix):
        node = self.root
        for c in prefix:
            node = node.get(c)
            if node is None:
                return
        stack = [node]
        while stack:
            node = stack.pop()
            for key, value in sorted(node.items(), key=lambda kv: str(kv[0]) if kv[0] is not self.END else ""):
                if key is self.END:
                    yield value
                else:
                    stack.append(value)

    def __contains__(self, word):
        node = self.root
        for c in word:
            if c not in node:
                return False
            node = node[c]
        return self.END in node


text = "abracadabra abracadabra"
print(list(kmp(text, "abra")), list(rabin_karp(text, "abra")), text.find("abra", 1), text.count("abra"))
trie = Trie("car card care cat dog do dot".split())
print(sorted(trie.with_prefix("car")), sorted(trie.with_prefix("do")), list(trie.with_prefix("x")))
print("cat" in trie, "ca" in trie, "dog" in trie)
