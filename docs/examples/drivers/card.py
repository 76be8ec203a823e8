# Run it: axisos run --seed 7 card.py
from axis import data

with data.open() as card:
    print("a card of tier", card.tier)
    public, private = card.generate_key_pair()
    signature = card.sign(b"pay 10", private)
    print("ten:", card.verify(b"pay 10", public, signature), " a hundred:", card.verify(b"pay 100", public, signature))

    theirs_public, theirs_private = card.generate_key_pair()
    secret = card.shared_secret(private, theirs_public)
    print("one secret:", secret == card.shared_secret(theirs_private, public))

    key, seal_key = card.sha256(secret, b"key")[:16], card.sha256(secret, b"seal")
    iv = card.random(16)
    letter = card.encrypt(b"meet me at noon", key, iv)
    seal = card.sha256(iv + letter, seal_key)  # AES alone does not notice changes
    print(len(letter), "bytes, sealed:", card.sha256(iv + letter, seal_key) == seal)
    print(card.decrypt(letter, key, iv))
