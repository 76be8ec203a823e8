import unittest


def slugify(text): return "-".join("".join(c if c.isalnum() else " " for c in text.lower()).split())


class SlugTest(unittest.TestCase):
    def test_simple(self): self.assertEqual(slugify("Hello, World!"), "hello-world")
    def test_empty(self): self.assertEqual(slugify(""), "")
    def test_broken(self): self.assertEqual(slugify("a_b"), "a_b")


if __name__ == "__main__":
    program = unittest.main(exit=False)
    result = program.result
    print(result.testsRun, [test.id() for test, _ in result.failures], result.errors)
    raise SystemExit(not result.wasSuccessful())
