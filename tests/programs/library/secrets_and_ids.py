import hashlib
import hmac
import secrets
import string
import uuid

token = secrets.token_hex(8)
print(len(token), len(secrets.token_bytes(5)), len(secrets.token_urlsafe(16)) >= 20, secrets.randbelow(10) in range(10), secrets.choice("x"), secrets.compare_digest("a", "b"), secrets.randbits(8) < 256, secrets.token_hex() != secrets.token_hex(), 1 <= secrets.SystemRandom().randint(1, 3) <= 3)
password = "".join(secrets.choice(string.ascii_letters + string.digits) for _ in range(12))
print(len(password), password.isalnum())


class Passwords:
    def __init__(self): self.users = {}
    def add(self, name, password):
        salt = secrets.token_bytes(8)
        self.users[name] = salt, self.hash(password, salt)
    @staticmethod
    def hash(password, salt): return hashlib.pbkdf2_hmac("sha256", password.encode(), salt, 100)
    def check(self, name, password):
        salt, expected = self.users.get(name, (b"", b""))
        return hmac.compare_digest(expected, self.hash(password, salt))


p = Passwords()
p.add("ann", "s3cret")
print(p.check("ann", "s3cret"), p.check("ann", "wrong"), p.check("bob", ""))
def sign(message, key): return f"{message}.{hmac.new(key, message.encode(), hashlib.sha256).hexdigest()[:16]}"
def verify(signed, key):
    message, _, mac = signed.rpartition(".")
    return message if hmac.compare_digest(sign(message, key), signed) else None
s = sign("user=5", b"k")
print(s, verify(s, b"k"), verify(s, b"x"), verify(s.replace("5", "6"), b"k"))
class MerkleTree:
    def __init__(self, leaves):
        level = [hashlib.sha256(l.encode()).digest() for l in leaves]
        while len(level) > 1:
            if len(level) % 2: level.append(level[-1])
            level = [hashlib.sha256(a + b).digest() for a, b in zip(level[::2], level[1::2])]
        self.root = level[0].hex()
print(MerkleTree("abc").root[:16], MerkleTree("abd").root[:16], uuid.uuid5(uuid.NAMESPACE_URL, "https://x"), uuid.uuid4().variant, uuid.uuid1().version)
def mine(text, zeros=2):
    n = 0
    while not (h := hashlib.sha256(f"{text}{n}".encode()).hexdigest()).startswith("0" * zeros): n += 1
    return n, h[:8]
print(mine("block"))
