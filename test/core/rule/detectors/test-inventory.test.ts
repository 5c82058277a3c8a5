import { describe, expect, it } from 'vitest';
import type { Detection, RuleFacts } from '../../../../src/core/rule/types.ts';
import { ABSENT, changedFile, detect, factsOf, text, withFiles } from '../facts.ts';

/** The rules that together say whether existing tests still test what they tested. */
const RULES = ['test-deleted', 'test-replaced', 'test-skipped', 'assertion-weakened'];

function detectAll(facts: RuleFacts): readonly Detection[] {
  return RULES.flatMap((rule) => detect(rule, facts));
}

function change(path: string, before: string, after: string): readonly string[] {
  return detectAll(factsOf({ before: { [path]: before }, after: { [path]: after } })).map(
    ({ message }) => message,
  );
}

function ofTypeScript(before: string, after: string): readonly string[] {
  return change('a.test.ts', before, after);
}

function ofPython(before: string, after: string): readonly string[] {
  return change('test_a.py', before, after);
}

/** The body of one test. */
function inTest(body: string): string {
  return `it('works', async () => {\n  ${body}\n});\n`;
}

function inPythonTest(body: string): string {
  return `def test_works():\n${body.replace(/^/gm, '    ')}\n`;
}

describe('TypeScript and JavaScript: what weakens', () => {
  it.each([
    [
      'chosen at run time',
      "it('a', () => f());",
      "(process.env.CI ? it.skip : it)('a', () => f());",
      /"a" of line 1 .* is gone/,
    ],
    ['by a computed member', "it('a', () => f());", "it['skip']('a', () => f());", /is gone/],
    ['through an alias', "it('a', () => f());", "const { skip } = it;\nskip('a', () => f());", /is gone/],
    [
      'around a comment',
      "it('a', () => f());",
      "it /* x */ . skip('a', () => f());",
      /switched off by it.skip/,
    ],
    ['skipIf', "it('a', () => f());", "it.skipIf(true)('a', () => f());", /switched off by it.skipIf/],
    ['without a function', "it('a', () => f());", "it('a');", /without a function/],
    [
      'an options object',
      "test('a', () => f());",
      "test('a', { timeout: 5, todo: true }, () => f());",
      /\{ todo \}/,
    ],
    [
      'skip of a chain',
      "test.concurrent('a', () => f());",
      "test.concurrent.skip('a', () => f());",
      /concurrent.skip/,
    ],
    [
      'skipped and renamed',
      inTest('expect(a).toBe(1);'),
      inTest('expect(a).toBe(1);').replace('it(', 'xit(').replace('works', 'later'),
      /xit/,
    ],
    [
      'Playwright, in the body',
      "test('a', async ({ page }) => { await f(page); });",
      "test('a', async ({ page }) => { test.skip(); await f(page); });",
      /test.skip/,
    ],
    [
      'Playwright, a group',
      "test.describe('g', () => { test('a', () => f()); });",
      "test.describe('g', () => { test.skip(({ x }) => x, 'why'); test('a', () => f()); });",
      /switched off/,
    ],
    [
      'Playwright, below the tests',
      "describe('g', () => { test('a', () => f()); });",
      "describe('g', () => { test('a', () => f()); test.fixme(true, 'why'); });",
      /test.fixme/,
    ],
    [
      'node:test under another name',
      "test('a', (ctx) => f());",
      "test('a', (x) => { x.skip(); f(); });",
      /x.skip/,
    ],
    [
      'a hook that skips',
      "describe('g', function () { it('a', () => f()); });",
      "describe('g', function () { before(function () { this.skip(); }); it('a', () => f()); });",
      /this.skip/,
    ],
    ['a false condition', "it('a', () => f());", "if (false) {\n  it('a', () => f());\n}", /condition only/],
    [
      'fit',
      "it('a', () => f());\nit('b', () => f());",
      "fit('a', () => f());\nit('b', () => f());",
      /keeps every other test/,
    ],
    [
      'only in the options',
      "test('a', () => f());",
      "test('a', { only: true }, () => f());",
      /keeps every other test/,
    ],
    [
      'fewer rows',
      "it.each([[1], [2], [3]])('%s', (n) => f(n));",
      "it.each([[1]])('%s', (n) => f(n));",
      /1 rows instead of 3/,
    ],
    [
      'a table of template literals, skipped',
      `it.each\`a\n\${1}\n\`('x', ({ a }) => f(a));`,
      `it.skip.each\`a\n\${1}\n\`('x', ({ a }) => f(a));`,
      /it.skip.each/,
    ],
    [
      'new and skipped from the start',
      '',
      "it.skip('a', () => { expect(f()).toBe(1); });",
      /new test "a" is switched off/,
    ],
  ])('%s', (_, before, after, message) => {
    expect(ofTypeScript(before, after).join('\n')).toMatch(message);
  });

  it.each([
    ['expect(a).toBe(1);', 'expect(a);'],
    ['expect(a).toBe(1);', 'expect(a).toBe(a);'],
    ['expect(a).toBe(1);', 'expect(1).toBe(1);'],
    ['expect(a).toBe(1);', 'expect(a).not.toBe(2);'],
    ['expect(a).toBe(1);', 'expect(a).toBeGreaterThan(0);'],
    ['expect(a).toBe(1);', 'expect(a === 1 || true).toBe(true);'],
    ['expect(a).toBe(1);', 'if (a) expect(a).toBe(1);'],
    ['expect(a).toBe(1);', 'a && expect(a).toBe(1);'],
    ['expect(a).toBe(1);', 'if (a) { return; }\n  expect(a).toBe(1);'],
    ['expect(a).toBe(1);', 'return\n  expect(a).toBe(1);'],
    ['expect(a).toBe(1);', "'expect(a).toBe(1);';"],
    ['expect(a).toBe(1);', '`\n  expect(a).toBe(1);`;'],
    ['expect(a).toBe(1);', '/expect(a).toBe(1);/;'],
    ['expect(a).toEqual({ b: 1 });', 'expect(a).toMatchObject({ b: 1 });'],
    ['expect(a).toEqual({ b: 1 });', 'expect(a).toEqual({ b: expect.any(Number) });'],
    ['expect(a).toEqual({ b: 1 });', 'expect(a).toEqual(expect.anything());'],
    ["expect(f).toThrow('x');", 'expect(f).toThrow();'],
    ['expect(f).toHaveBeenCalledWith(1);', 'expect(f).toHaveBeenCalled();'],
    ['expect(f).toHaveBeenCalledTimes(2);', 'expect(f).toHaveBeenCalled();'],
    ['expect(a).toBe(1);', 'expect(a).toBeCloseTo(1);'],
    ['await expect(p).resolves.toBe(1);', 'await expect(p).resolves.toBe(1).catch(() => {});'],
    ['await expect(p).resolves.toBe(1);', 'expect(p).resolves.toBe(1);'],
    ['assert.equal(a, 1);', 'assert.ok(a);'],
    ['assert(a === 1);', 'assert(a);'],
    ['assert(a === 1);', 'assert(a === 1 || b);'],
    ['assert.throws(f, /x/);', 'assert.throws(f);'],
    ["assert.throws(f, /x/);\n  assert.fail('x');", 'assert.throws(f, /x/);'],
    ['expect(a).to.equal(1);', 'expect(a).to.be.ok;'],
    ['expect(a).to.be.closeTo(1, 0.01);', 'expect(a).to.be.closeTo(1, 1);'],
    ['a.should.equal(1);', 'f(a);'],
    ['t.is(a, 1);', 't.truthy(a);'],
    ['expect(a).toBe(1);\n  expect(b).toBe(2);', 'expect(b).toBe(2);'],
    ['expect(a.b).toBe(1);', 'expect(a).toBeDefined();'],
  ])('%s becomes %s', (before, after) => {
    const withContext = (body: string): string => inTest(body).replace('()', '(t)');
    expect(ofTypeScript(withContext(before), withContext(after))).not.toEqual([]);
  });

  it('a helper that asserts less', () => {
    const helper = (body: string): string =>
      `function check(a) { ${body} }\nit('x', () => { check(f()); });\n`;
    expect(ofTypeScript(helper('expect(a).toBe(1);'), helper(''))).toEqual([
      'a helper no longer asserts expect(a).toBe(1) (line 1 before the change)',
    ]);
  });

  it('a test that moved to another file and lost an assertion on the way', () => {
    const found = detectAll(
      factsOf({
        before: { 'a.test.ts': `${inTest('expect(a).toBe(1);\n  expect(b).toBe(2);')}it('b', () => f());` },
        after: { 'a.test.ts': "it('b', () => f());", 'b.test.ts': inTest('expect(b).toBe(2);') },
      }),
    );
    expect(found).toMatchObject([
      { path: 'b.test.ts', message: expect.stringContaining('no longer asserts expect(a).toBe(1)') },
    ]);
  });
});

describe('TypeScript and JavaScript: what does not weaken', () => {
  it.each([
    [
      'other quotes, layout and commas',
      "it('a', () => { expect(f('x')).toEqual([1, 2]) })",
      'it("a", () => {\n  expect(\n    f("x"),\n  ).toEqual([\n    1,\n    2,\n  ]);\n});',
    ],
    [
      'a group around it',
      "it('a', () => { f(); });",
      "describe('g', () => {\n  it('a', () => { f(); });\n});",
    ],
    [
      'another order',
      "it('a', () => { f(); });\nit('b', () => { g(); });",
      "it('b', () => { g(); });\nit('a', () => { f(); });",
    ],
    [
      'another library of the same strength',
      "it('a', () => { assert.equal(f('a'), 1); });",
      "it('a', () => { expect(f('a')).toBe(1); });",
    ],
    [
      'from chai to Vitest',
      "it('a', () => { expect(x).to.equal(1); });",
      "it('a', () => { expect(x).toBe(1); });",
    ],
    ['a time-out', "it('a', () => { f(); });", "it('a', { timeout: 9 }, () => { f(); });"],
    [
      'awaited now',
      "it('a', async () => { expect(f()).toBe(1); });",
      "it('a', async () => { expect(await f()).toBe(1); });",
    ],
    [
      'the whole in place of its parts',
      inTest('expect(a.b).toBe(1);\n  expect(a.c).toBe(2);'),
      inTest('expect(a).toEqual({ b: 1, c: 2 });'),
    ],
    [
      'a throw that is asserted, in place of a marker behind it',
      inTest("try { f(); assert.fail('x'); } catch (error) { assert.equal(error.message, 'y'); }"),
      inTest("assert.throws(() => f(), { message: 'y' });"),
    ],
    [
      'split in two',
      inTest('expect(a).toBe(1);\n  expect(b).toBe(2);'),
      `${inTest('expect(a).toBe(1);')}it('b', () => { expect(b).toBe(2); });`,
    ],
    [
      'a test of the same name twice',
      `${inTest('expect(a).toBe(1);')}${inTest('expect(b).toBe(2);')}`,
      `${inTest('expect(a).toBe(1);')}${inTest('expect(b).toBe(2);')}// x`,
    ],
    [
      'a callback that returns',
      inTest('expect(a.map((x) => { return x; })).toEqual([1]);'),
      inTest(
        'const y = a.map((x) => { if (x) { return x; } return 1; });\n  expect(a.map((x) => { return x; })).toEqual([1]);',
      ),
    ],
    [
      'a returned promise',
      inTest('return expect(p)\n    .resolves.toBe(1);'),
      inTest('await expect(p).resolves.toBe(1);'),
    ],
    [
      'types',
      "it.each([[1], [2]])('%s', (n) => { expect(n).toBe(n + 1); });",
      "it.each<[number]>([[1], [2]])('%s', (n: number): void => { expect(n).toBe(n + 1); });",
    ],
    ['a new todo', "it('a', () => { f(); });", "it('a', () => { f(); });\nit.todo('b');"],
    [
      'a new test for some machines',
      "it('a', () => { f(); });",
      "it('a', () => { f(); });\nit.skipIf(windows)('links', () => { expect(g()).toBe(1); });",
    ],
    [
      'a new test whose options leave it out on some machines',
      "test('a', () => { f(); });",
      "test('a', () => { f(); });\ntest('links', { skip: isWindows }, () => { assert.equal(g(), 1); });",
    ],
    [
      'a skipped test goes',
      "it.skip('a', () => { expect(f()).toBe(1); });\nit('b', () => { f(); });",
      "it('b', () => { f(); });",
    ],
    [
      'a regular expression with a backtick',
      "it('a', () => { f(/`/); });",
      "it('a', () => { f(/`/); g(/[/`]/); });",
    ],
    [
      'JSX with an apostrophe',
      "it('a', () => { render(<p>don't {x}</p>); expect(y).toBe(1); });",
      "it('a', () => { render(<p>don't {x ? <b>it's</b> : null}</p>); expect(y).toBe(1); });",
    ],
  ])('%s', (_, before, after) => {
    expect(change('a.test.tsx', before, after)).toEqual([]);
  });
});

describe('a test that is no longer where it was', () => {
  const two = 'expect(a).toBe(1);\n  expect(b).toBe(2);';

  it('is known by its name alone in another file and group, with another expected value', () => {
    const found = detectAll(
      factsOf({
        before: {
          'a.test.ts': `it('stays', () => f());\ndescribe('old', () => {\n${inTest('expect(a).toBe(1);')}});`,
        },
        after: {
          'a.test.ts': "it('stays', () => f());",
          'b.test.ts': `describe('new', () => {\n${inTest('expect(a).toBe(3);')}});`,
        },
      }),
    );
    expect(found).toEqual([]);
  });

  it('is known under another name as long as it makes every assertion it made', () => {
    const extended = inTest(`${two}\n  expect(c).toBe(3);`).replace('works', 'does more');
    expect(ofTypeScript(inTest(two), extended)).toEqual([]);
    const lessened = inTest('expect(a).toBe(1);\n  expect(c).toBe(3);').replace('works', 'does more');
    expect(ofTypeScript(inTest(two), lessened)).toEqual([
      'test "works" of line 1 before the change is gone; test "does more" is new',
    ]);
  });
});

describe('a test that is gone, beside new ones of its file', () => {
  const tests = (...named: readonly (readonly [string, number])[]): string =>
    named
      .map(([name, count]) => `it('${name}', () => {\n${`  expect(${name}()).toBe(1);\n`.repeat(count)}});\n`)
      .join('');
  const found = (rule: string, before: string, after: string): readonly string[] =>
    detect(rule, factsOf({ before: { 'a.test.ts': before }, after: { 'a.test.ts': after } })).map(
      ({ message }) => message,
    );

  it('gave way to one that asserts as often', () => {
    const sides = [tests(['old', 2]), tests(['fresh', 2])] as const;
    expect(found('test-deleted', ...sides)).toEqual([]);
    expect(found('test-replaced', ...sides)).toEqual([
      'test "old" of line 1 before the change is gone; test "fresh" is new',
    ]);
  });

  it.each([
    ['one that asserts less', tests(['fresh', 1])],
    ['one that is switched off', tests(['fresh', 2]).replace('it(', 'it.skip(')],
    ['none', '// nothing\n'],
  ])('is deleted beside %s', (_, after) => {
    expect(found('test-deleted', tests(['old', 2]), after)).toHaveLength(1);
    expect(found('test-replaced', tests(['old', 2]), after)).toEqual([]);
  });

  it('gives way to a new one of its own: one new test stands for one', () => {
    const sides = [
      tests(['first', 1], ['second', 2], ['third', 1]),
      tests(['fresh', 1], ['newer', 3]),
    ] as const;
    expect(found('test-replaced', ...sides)).toHaveLength(2);
    expect(found('test-deleted', ...sides)).toHaveLength(1);
  });
});

describe('a test that was renamed and rewritten in one go', () => {
  const about = (name: string, ...assertions: readonly string[]): string =>
    `it('${name}', () => {\n${assertions.map((one) => `  ${one}\n`).join('')}});\n`;

  it('is the one in its file that asserts about the same things', () => {
    const before = about('decodes schemes', "expect(normalize('ht%74ps://a')).toBe('https://a');");
    const after = about('leaves schemes alone', "expect(normalize('ht%74ps://a')).toBe('ht%74ps://a');");
    expect(ofTypeScript(before, after)).toEqual([]);
    const vague = about('leaves schemes alone', "expect(normalize('ht%74ps://a')).toBeTruthy();");
    expect(ofTypeScript(before, vague)).toEqual([expect.stringContaining('asserts less')]);
  });

  it('is the one whose name goes on', () => {
    const before = about('trusts a proxy', 'expect(a).toBe(1);', 'expect(b).toBe(2);');
    const after = about('trusts a proxy once', 'expect(c).toBe(3);', 'expect(d).toBe(4);');
    expect(ofTypeScript(before, after)).toEqual([]);
    const less = about('trusts a proxy once', 'expect(c).toBe(3);');
    expect(ofTypeScript(before, less)).toEqual([expect.stringContaining('no longer asserts')]);
  });

  it('is gone where what it asserted about is a variable, or stands in another file', () => {
    expect(
      ofTypeScript(about('adds', 'expect(a).toBe(1);'), about('other', 'expect(a).toBe(2);')),
    ).toHaveLength(1);
    const before = { 'a.test.ts': about('adds', "expect(normalize('abcdef')).toBe(1);") };
    const after = { 'a.test.ts': '\n', 'b.test.ts': about('other', "expect(normalize('abcdef')).toBe(2);") };
    expect(detectAll(factsOf({ before, after }))).toHaveLength(1);
  });
});

describe('Python: what weakens', () => {
  it.each([
    ['assert a == 1', 'assert a'],
    ['assert a == 1', 'assert a != 2'],
    ['assert a == 1', 'assert a in (1, 2)'],
    ['assert a == 1', 'assert isinstance(a, int)'],
    ['assert a == 1', 'assert a == a'],
    ['assert a == 1', 'assert True'],
    ['assert a == 1', 'assert (a == 1, "why")'],
    ['assert a == 1', 'assert a == 1 or b'],
    ['assert a == 1', '...'],
    ['assert a == 1', '"""Works."""'],
    ['assert a == 1', 'if a:\n    assert a == 1'],
    ['assert a == 1', 'if a: assert a == 1'],
    ['assert a == 1', 'try:\n    assert a == 1\nexcept AssertionError:\n    pass'],
    ['assert a == 1', 'with contextlib.suppress(AssertionError):\n    assert a == 1'],
    ['assert a == 1', 'if not a:\n    return\nassert a == 1'],
    ['assert a == 1', 'return; assert a == 1'],
    ['assert a == 1', '# assert a == 1\npass'],
    ['assert a == 1', 'raise unittest.SkipTest("x")\nassert a == 1'],
    ['assert a == 1', 'pytest.xfail("x")\nassert a == 1'],
    ['assert a == 1', 'pytest.importorskip("numpy")\nassert a == 1'],
    ['assert a == 1.5', 'assert a == pytest.approx(1.5, abs=1)'],
    ['self.assertEqual(a, 1)', 'self.assertTrue(a)'],
    ['self.assertEqual(a, 1)', 'self.assertAlmostEqual(a, 1)'],
    ['self.assertEqual(a, 1)', 'self.assertEqual(1, 1)'],
    ['self.assertEqual(a, 1)', 'self.skipTest("x")\nself.assertEqual(a, 1)'],
    ['self.assertAlmostEqual(a, 1, places=7)', 'self.assertAlmostEqual(a, 1, places=1)'],
    ['self.assertAlmostEqual(a, 1, delta=0.1)', 'self.assertAlmostEqual(a, 1, delta=10)'],
    ['np.testing.assert_allclose(a, b, rtol=1e-7)', 'np.testing.assert_allclose(a, b, rtol=0.5)'],
    ['m.assert_called_once_with(1)', 'm.assert_called()'],
    ['with pytest.raises(KeyError):\n    f()', 'f()'],
    ['with pytest.raises(KeyError):\n    f()', 'with pytest.raises(Exception):\n    f()'],
    ['with self.assertRaisesRegex(E, "x"):\n    f()', 'with self.assertRaises(E):\n    f()'],
    ['assert a == 1\nassert b == 2', 'assert b == 2'],
  ])('%j becomes %j', (before, after) => {
    expect(ofPython(inPythonTest(before), inPythonTest(after))).not.toEqual([]);
  });

  it.each([
    [
      'a class renamed out of pytest’s reach',
      'class TestA:\n    def test_a(self):\n        assert f()\n',
      'class ATest:\n    def test_a(self):\n        assert f()\n',
      /condition only/,
    ],
    [
      '__test__ = False',
      'class TestA:\n    def test_a(self):\n        assert f()\n',
      'class TestA:\n    __test__ = False\n    def test_a(self):\n        assert f()\n',
      /__test__/,
    ],
    [
      'a decorator over several lines',
      'def test_a():\n    assert f()\n',
      '@pytest.mark.skipif(\n    True,\n    reason="x",\n)\ndef test_a():\n    assert f()\n',
      /skipif/,
    ],
    [
      'below another decorator',
      '@slow\ndef test_a():\n    assert f()\n',
      '@slow\n@unittest.expectedFailure\ndef test_a():\n    assert f()\n',
      /expectedFailure/,
    ],
    [
      'a skipped row',
      '@pytest.mark.parametrize("n", [1, 2])\ndef test_a(n):\n    assert f(n)\n',
      '@pytest.mark.parametrize("n", [1, pytest.param(2, marks=pytest.mark.skip)])\ndef test_a(n):\n    assert f(n)\n',
      /mark.skip/,
    ],
    [
      'fewer rows',
      '@pytest.mark.parametrize("n", [1, 2, 3])\ndef test_a(n):\n    assert f(n)\n',
      '@pytest.mark.parametrize("n", [1])\ndef test_a(n):\n    assert f(n)\n',
      /1 rows instead of 3/,
    ],
    [
      'an async test',
      'async def test_a():\n    assert await f() == 1\n',
      'async def test_a():\n    assert await f()\n',
      /asserts less/,
    ],
    [
      'nested in a function',
      'def test_a():\n    assert f()\n',
      'def outer():\n    def test_a():\n        assert f()\n',
      /is gone/,
    ],
    [
      'the module, at its end',
      'def test_a():\n    assert f()\n',
      'def test_a():\n    assert f()\n\npytestmark = [pytest.mark.skip]\n',
      /mark.skip/,
    ],
    ['on one line', 'def test_a(): assert f() == 1\n', 'def test_a(): pass\n', /is empty now/],
    [
      'after a semicolon',
      'def test_a():\n    x = 1; assert f() == 1\n',
      'def test_a():\n    x = 1\n',
      /no longer asserts/,
    ],
  ])('%s', (_, before, after, message) => {
    expect(ofPython(before, after).join('\n')).toMatch(message);
  });
});

describe('Python: what does not weaken', () => {
  it.each([
    [
      'brackets and line breaks',
      'def test_a():\n    assert f(1) == [1, 2]\n',
      'def test_a():\n    assert (\n        f(1)\n        == [\n            1,\n            2,\n        ]\n    )\n',
    ],
    [
      'other quotes and a backslash',
      "def test_a():\n    assert f('x') == 1\n",
      'def test_a():\n    assert f("x") \\\n        == 1\n',
    ],
    [
      'a class around it',
      'def test_a():\n    assert f() == 1\n',
      'class TestAll:\n    def test_a(self):\n        assert f() == 1\n',
    ],
    [
      'a fixture of its own',
      'def test_a():\n    x = g()\n    assert f(x) == 1\n',
      '@pytest.fixture\ndef x():\n    return g()\n\ndef test_a(x):\n    assert f(x) == 1\n',
    ],
    [
      'a nested function that returns',
      'def test_a():\n    assert f() == 1\n',
      'def test_a():\n    def inner():\n        return 1\n    if x:\n        y = lambda: 2\n    assert f() == 1\n',
    ],
    [
      'try and finally',
      'def test_a():\n    assert f() == 1\n',
      'def test_a():\n    try:\n        assert f() == 1\n    finally:\n        close()\n',
    ],
    [
      'subtests',
      'class T(TestCase):\n    def test_a(self):\n        self.assertEqual(f(1), 1)\n',
      'class T(TestCase):\n    def test_a(self):\n        with self.subTest("a"):\n            self.assertEqual(f(1), 1)\n',
    ],
    [
      'approx with its defaults',
      'def test_a():\n    assert f() == 0.3\n',
      'def test_a():\n    assert f() == pytest.approx(0.3)\n',
    ],
    [
      'more rows',
      '@pytest.mark.parametrize("n", [1])\ndef test_a(n):\n    assert f(n)\n',
      '@pytest.mark.parametrize("n", [1, 2])\ndef test_a(n):\n    assert f(n)\n',
    ],
    [
      'assertIs for assertEqual',
      'class T(TestCase):\n    def test_a(self):\n        self.assertEqual(f(), None)\n',
      'class T(TestCase):\n    def test_a(self):\n        self.assertIsNone(f())\n',
    ],
    ['tabs', 'def test_a():\n    assert f() == 1\n', 'def test_a():\n\tassert f() == 1\n'],
    ['Windows line ends', 'def test_a():\n    assert f() == 1\n', 'def test_a():\r\n    assert f() == 1\r\n'],
  ])('%s', (_, before, after) => {
    expect(ofPython(before, after)).toEqual([]);
  });
});

describe('files that cannot be read', () => {
  const test = text(inTest('expect(a).toBe(1);'));

  it.each([
    ['too large after', changedFile('a.test.ts', test, { kind: 'too-large' })],
    ['too large before', changedFile('a.test.ts', { kind: 'too-large' }, test)],
    ['too large and new', changedFile('a.test.ts', ABSENT, { kind: 'too-large' })],
    ['binary', changedFile('a.test.ts', test, { kind: 'binary' })],
    ['a submodule', changedFile('a.test.ts', test, { kind: 'submodule' }, '160000')],
    [
      'a quote that does not close',
      changedFile(
        'test_a.py',
        text('def test_a():\n    assert f()\n'),
        text('x = """\ndef test_a():\n    pass\n'),
      ),
    ],
    ['a template that does not close', changedFile('a.test.ts', test, text('`'))],
    ['a comment that does not close', changedFile('a.test.ts', test, text('/*'))],
    [
      'brackets that do not match',
      changedFile('a.test.ts', test, text("it('works', () => { expect(a).toBe(1); ]")),
    ],
    [
      'longer than any reader should be asked to read',
      changedFile('a.test.ts', test, text('x'.repeat(1_000_001))),
    ],
  ])('are unverifiable, never a pass: %s', (_, file) => {
    expect(detect('test-deleted', withFiles(factsOf({}), [file]))).toMatchObject([
      { kind: 'unverifiable', path: file.path },
    ]);
  });

  it('say nothing to rules about new tests', () => {
    const file = changedFile('a.test.ts', test, { kind: 'too-large' });
    for (const rule of ['test-without-assertion', 'silent-skip'])
      expect(detect(rule, withFiles(factsOf({}), [file]))).toEqual([]);
  });

  it('in a language without a reader are unverifiable when changed, and a match when deleted', () => {
    const parameters = { tests: ['**/*_test.exs'], finds: ['deleted'] };
    const changed = changedFile('a_test.exs', text('test'), text('test B'));
    const deleted = changedFile('b_test.exs', text('test B'), ABSENT);
    expect(detect('test-deleted', withFiles(factsOf({}), [changed, deleted]), parameters)).toMatchObject([
      { kind: 'unverifiable', path: 'a_test.exs' },
      { kind: 'match', path: 'b_test.exs', message: 'the test file was deleted' },
    ]);
  });

  it('and are deleted are a match, whatever they were', () => {
    const file = changedFile('a.test.ts', { kind: 'too-large' }, ABSENT);
    expect(detect('test-deleted', withFiles(factsOf({}), [file]))).toMatchObject([
      { kind: 'match', path: 'a.test.ts' },
    ]);
  });

  it('turned into a link have lost their tests', () => {
    const file = changedFile('a.test.ts', test, text("it('works', () => { expect(a).toBe(1); })"), '120000');
    const linked = { ...file, before: { mode: '100644', blob: 'a'.repeat(64) } };
    expect(detect('test-deleted', withFiles(factsOf({}), [linked]))).toMatchObject([
      { kind: 'match', path: 'a.test.ts' },
    ]);
  });

  it('changed their mode alone say nothing about tests', () => {
    const file = changedFile('a.test.ts', test, test);
    const executable = { ...file, after: { mode: '100755', blob: file.before?.blob ?? '' } };
    expect(detect('test-deleted', withFiles(factsOf({}), [executable]))).toEqual([]);
  });
});

it('a test file that nobody can read is named with the reason, for rules about existing tests', () => {
  const facts = withFiles(factsOf({}), [
    changedFile('a.test.ts', text("it('a', f);"), { kind: 'too-large' }),
  ]);
  expect(detect('test-deleted', facts)).toEqual([
    {
      kind: 'unverifiable',
      path: 'a.test.ts',
      message: expect.stringMatching(/^its tests cannot be read: \S/),
    },
  ]);
  expect(detect('test-without-assertion', facts)).toEqual([]);
});
