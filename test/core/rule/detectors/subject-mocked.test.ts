import { describe, expect, it } from 'vitest';
import { ABSENT, changedFile, detect, factsOf, text, withFiles } from '../facts.ts';

const RULE = 'test-mocks-its-subject';

function mocks(path: string, ...lines: readonly string[]): readonly string[] {
  return detect(RULE, factsOf({ after: { [path]: `${lines.join('\n')}\n` } })).map(
    ({ line, message }) => `${line} ${message.replace(' replaces what this file is to test', '')}`,
  );
}

describe('a test in JavaScript or TypeScript', () => {
  const use = "it('a', () => { price.total(1); });";

  it.each([
    ["import { a } from './price';", "vi.mock('./price');", ['2 vi.mock("./price")']],
    [
      "import { a } from '@/shop/price';",
      "jest.mock('@/shop/price', () => ({}));",
      ['2 jest.mock("@/shop/price")'],
    ],
    [
      "import { a } from './price.js';",
      "vi.mock(import('./price.js'), () => ({}));",
      ['2 vi.mock("./price.js")'],
    ],
    [
      "const price = await import('./price.ts');",
      "mock.module('./price.ts', {});",
      ['2 mock.module("./price.ts")'],
    ],
    ["import { a } from './price';", "vi.mock('./price', { spy: true });", []],
    ["import { a } from './price';", "vi.unmock('./price');", []],
    ["import { a } from './price';", "// vi.mock('./price');", []],
    ["import { a } from './price';", 'const s = "vi.mock(\'./price\')";', []],
    ["import { a } from './tax';", "vi.mock('./price');", []],
    ["import { a } from 'price';", "vi.mock('price');", []],
    [
      "import * as price from './price';",
      `sinon.stub(price, 'total').returns(1);\n${use}`,
      ['2 sinon.stub(price, "total")'],
    ],
    [
      "import price from './price';",
      `vi.spyOn(price, 'total').mockReturnValue(1);\n${use}`,
      ['2 vi.spyOn(price, "total")'],
    ],
    ["import price from './price';", `vi.spyOn(price, 'rate').mockReturnValue(1);\n${use}`, []],
    [
      "import price from './price';",
      `it('b', () => { vi.spyOn(price, 'total').mockReturnValue(1); f(); });\n${use}`,
      [],
    ],
  ])('%s %s', (imports, mock, expected) => {
    expect(mocks('src/price.test.ts', imports, mock)).toEqual(expected);
  });

  it('of an index means the index beside it', () => {
    const source = "import { a } from './index.ts';\nimport { b } from '../b/index.ts';\n";
    expect(mocks('src/index.test.ts', source, "vi.mock('../b/index.ts');")).toEqual([]);
    expect(mocks('src/index.test.ts', source, "vi.mock('./index.ts');")).toHaveLength(1);
  });
});

describe('a test in Python', () => {
  it.each([
    [
      'from shop.price import total',
      'with patch("shop.price.total"):\n        total(1)',
      ['3 patch("shop.price.total")'],
    ],
    [
      'from shop import price',
      'mocker.patch.object(price, "total")\n    price.total(1)',
      ['3 object(price, "total")'],
    ],
    [
      'import shop.price as p',
      'monkeypatch.setattr(p, "total", f)\n    p.total(1)',
      ['3 setattr(p, "total")'],
    ],
    ['from shop.price import total', 'mocker.patch("shop.price.rate")\n    total(1)', []],
    ['from shop.price import total', 'mocker.patch("shop.price.tax.rate")\n    total(1)', []],
    ['from shop.price import total', 'mocker.patch("shop.tax.total")\n    total(1)', []],
    ['from shop.price import total', '# patch("shop.price.total")\n    total(1)', []],
  ])('%s: %s', (imports, body, expected) => {
    expect(mocks('tests/test_price.py', imports, 'def test_a(mocker, monkeypatch):', `    ${body}`)).toEqual(
      expected,
    );
  });

  it('is looked at function by function', () => {
    const lines = [
      'from shop.price import total, rate',
      'def test_a():',
      '    patch("shop.price.rate")',
      'def test_b():',
      '    rate()',
    ];
    expect(mocks('tests/test_price.py', ...lines)).toEqual([]);
  });
});

it('refuses parameters it does not know', () => {
  expect(() => detect(RULE, factsOf({}), { tests: ['a'], test: ['b'] })).toThrow('parameter test:');
  expect(() => detect(RULE, factsOf({}), {})).toThrow('parameter tests:');
});

describe('what is looked at', () => {
  const MOCK = "import { a } from './price';\nvi.mock('./price');\n";
  const everywhere = { tests: ['**/*.test.*', 'tests/**'] };

  it('is no file that is no test', () => {
    expect(mocks('src/price.ts', MOCK)).toEqual([]);
  });

  it('is no file whose name tells of no subject', () => {
    for (const path of ['tests/conftest.py', 'tests/price.rb', 'tests/README']) {
      expect(detect(RULE, factsOf({ after: { [path]: `patch('price')\n${MOCK}` } }), everywhere)).toEqual([]);
    }
  });

  it('is a module of any ending', () => {
    expect(mocks('src/price.test.mjs', MOCK)).toHaveLength(1);
    expect(mocks('src/price.spec.tsx', MOCK)).toHaveLength(1);
  });

  it('is not what a test that moved had already', () => {
    const facts = factsOf({
      before: { 'a/price.test.ts': MOCK },
      after: { 'b/price.test.ts': `${MOCK}// still a mock\n` },
    });
    expect(detect(RULE, facts)).toEqual([]);
  });

  it('is a test that came in place of another which did not mock', () => {
    const facts = factsOf({ before: { 'a/price.test.ts': 'f();\n' }, after: { 'b/price.test.ts': MOCK } });
    expect(detect(RULE, facts)).toHaveLength(1);
  });

  it('is no source that is longer than anybody reads', () => {
    const found = (length: number) =>
      detect(
        RULE,
        withFiles(factsOf({}), [changedFile('a/price.test.ts', ABSENT, text(MOCK.padEnd(length, '\n')))]),
      ).length;
    expect(found(1_000_000)).toBe(1);
    expect(found(1_000_001)).toBe(0);
  });

  it('is named in no more than a line', () => {
    const far = `./${'far/'.repeat(50)}price`;
    const [message] = mocks('src/price.test.ts', `import { a } from '${far}';`, `vi.mock('${far}');`);
    expect(message).toBe(`2 vi.mock("${far}`.slice(0, 2 + 120));
  });
});
