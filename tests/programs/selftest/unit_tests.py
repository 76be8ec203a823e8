import unittest


class Calculator:
    def add(self, a, b): return a + b
    def divide(self, a, b):
        if b == 0: raise ValueError("cannot divide by zero")
        return a / b


class CalculatorTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls): cls.log = ["class"]
    def setUp(self): self.calc = Calculator()
    def tearDown(self): self.log.append(self._testMethodName)

    def test_add(self):
        self.assertEqual(self.calc.add(2, 3), 5)
        self.assertNotEqual(self.calc.add(2, 2), 5)
        self.assertTrue(self.calc.add(1, 0))
        self.assertAlmostEqual(0.1 + 0.2, 0.3)
        self.assertIn(3, [1, 2, 3])
        self.assertIsInstance(self.calc, Calculator)
        self.assertIsNone(None)
        self.assertGreater(3, 2)
        self.assertCountEqual([1, 2], [2, 1])
        self.assertRegex("abc", r"b")
        self.assertDictEqual({"a": 1}, {"a": 1})

    def test_divide(self):
        with self.assertRaises(ValueError) as caught:
            self.calc.divide(1, 0)
        self.assertIn("zero", str(caught.exception))
        self.assertRaisesRegex(ZeroDivisionError, "division", lambda: 1 / 0)

    def test_subtests(self):
        for n in range(3):
            with self.subTest(n=n):
                self.assertEqual(n * 0, 0)

    def test_wrong(self): self.assertEqual([1, 2, 3], [1, 2, 4], "lists differ")
    def test_error(self): self.calc.nothing()

    @unittest.skip("not today")
    def test_skipped(self): self.fail("never")

    @unittest.expectedFailure
    def test_expected(self): self.assertEqual(1, 2)


result = unittest.TestResult()
unittest.defaultTestLoader.loadTestsFromTestCase(CalculatorTest).run(result)
print(result.testsRun, len(result.failures), len(result.errors), len(result.skipped), len(result.expectedFailures), result.wasSuccessful())
print(result.failures[0][1].splitlines()[-1], "|", result.errors[0][1].splitlines()[-1], "|", result.skipped[0][1], sorted(CalculatorTest.log))
for test, trace in result.failures: print(test.id(), trace.splitlines()[1].split(', ')[1:])
suite = unittest.TestSuite([CalculatorTest("test_add"), unittest.FunctionTestCase(lambda: None)])
print(suite.countTestCases(), list(suite)[0])
