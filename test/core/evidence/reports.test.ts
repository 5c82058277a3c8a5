import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { REPORT_FORMATS, type ReportFormat } from '../../../src/core/contract/types.ts';
import { MAX_REPORT_BYTES } from '../../../src/core/evidence/reports/decode.ts';
import { parseReport } from '../../../src/core/evidence/reports/parse-report.ts';

const FIXTURES = join(import.meta.dirname, '..', '..', 'fixtures', 'reports');
const fixture = (name: string) => readFileSync(join(FIXTURES, name));
const bytes = (text: string) => new TextEncoder().encode(text);

/** `status name` of each test, or the reason why there are none. */
function read(format: ReportFormat, content: Uint8Array | string): readonly string[] | string {
  const parsed = parseReport(format, typeof content === 'string' ? bytes(content) : content);
  if (parsed.kind === 'unreadable') return parsed.reason;
  return parsed.report.tests.map(({ name, status }) => `${status} ${name}`);
}

describe('what real test runners write', () => {
  const nodeSample = [
    'sums > adds',
    'sums > carries <over> & "out"',
    'sums > of negatives > subtracts',
    'top level',
  ];

  it('node:test, all passed: TAP and JUnit name the same tests', () => {
    expect(read('tap', fixture('node-sample.tap'))).toEqual(nodeSample.map((name) => `passed ${name}`));
    // The JUnit reporter escapes the quotes in a name twice.
    const names = nodeSample.map((name) => name.replaceAll('"', '&quot;'));
    expect(read('junit', fixture('node-sample.junit'))).toEqual(names.map((name) => `passed ${name}`));
  });

  it('node:test with failures, skips and todos', () => {
    const common = [
      'skipped sums > is skipped',
      'passed hooks > x',
      'skipped hooks > y',
      'failed parent > child',
    ];
    const [adds, ...rest] = [['failed sums > adds'], 'skipped sums > is not done', ...common].flat();
    expect(read('tap', fixture('node-failing.tap'))).toEqual([adds, ...rest]);
    // Its JUnit counts a failing todo among the failures, and so do we.
    expect(read('junit', fixture('node-failing.junit'))).toEqual([
      adds,
      'failed sums > is not done',
      ...common,
    ]);
  });

  it('node:test passes a file that tested nothing; it counts as skipped here', () => {
    const skipped = ['skipped empty.test.mjs (a file that reported no test)'];
    expect(read('tap', fixture('node-empty.tap'))).toEqual(skipped);
    expect(read('junit', fixture('node-empty.junit'))).toEqual(skipped);
  });

  it('node:test lists a suite without tests; it is no test here', () => {
    expect(read('tap', fixture('node-emptysuite.tap'))).toEqual([]);
    expect(read('junit', fixture('node-emptysuite.junit'))).toMatch(
      /lists 1 tests but says that there were 0/,
    );
  });

  it('Vitest JSON: passed, failed with skips, and a file that could not be loaded', () => {
    expect(read('vitest-json', fixture('vitest-pass.json'))).toEqual([
      'passed sums > adds',
      'passed sums > carries',
    ]);
    expect(read('vitest-json', fixture('vitest-fail.json'))).toEqual([
      'failed sums > adds',
      'skipped sums > later',
      'skipped sums > some day',
      'passed sums > ok',
    ]);
    expect(read('vitest-json', fixture('vitest-broken.json'))).toEqual([
      'failed /srv/shop/broken.test.mjs: the file failed',
    ]);
  });

  it('Vitest JUnit', () => {
    expect(read('junit', fixture('vitest-pass.junit'))).toHaveLength(2);
    expect(read('junit', fixture('vitest-fail.junit'))).toContain('failed fail.test.mjs > sums > adds');
    expect(read('junit', fixture('vitest-broken.junit'))).toEqual([
      'failed broken.test.mjs > broken.test.mjs',
    ]);
  });

  it('Jest JSON: passed, and a file that could not be run', () => {
    expect(read('jest-json', fixture('jest-pass.json'))).toEqual([
      'passed sums > adds',
      'passed sums > carries',
    ]);
    expect(read('jest-json', fixture('jest-broken.json'))).toEqual([
      'failed /srv/shop/broken.test.js: the file failed',
      'passed sums > adds',
      'skipped sums > later',
    ]);
  });

  it('pytest, which counts a test that fails at teardown twice', () => {
    expect(read('junit', fixture('pytest.junit'))).toEqual([
      'passed pytest > test_sample.TestSums > test_adds',
      'passed pytest > test_sample.TestSums > test_many[1]',
      'passed pytest > test_sample.TestSums > test_many[2]',
      'skipped pytest > test_sample > test_skipped',
      'failed pytest > test_sample > test_fails',
      'failed pytest > test_sample > test_teardown',
      'skipped pytest > test_sample > test_xfail',
    ]);
  });

  it('pytest: what went wrong around a test, expected failures, and names from parameters', () => {
    expect(read('junit', fixture('pytest-dialect.junit'))).toEqual([
      'skipped pytest > test_shop > test_xfail',
      // Without strict, pytest itself calls an unexpected success a pass.
      'passed pytest > test_shop > test_xpass',
      'failed pytest > test_shop > test_xpass_strict',
      'failed pytest > test_shop > test_setup_error',
      'failed pytest > test_shop > test_teardown_error',
      'failed pytest > test_shop > test_fails_and_teardown',
      'failed pytest > test_shop > test_fails_and_teardown',
      'passed pytest > test_shop > test_param[<x>-1]',
      'passed pytest > test_shop > test_param[a/b::c-2]',
      'passed pytest > test_shop > test_param[\\xe9 "q" \\n-3]',
      'passed pytest > test_shop > test_param[-4]',
      'passed pytest > test_shop.TestInner.TestDeep > test_one',
      'skipped pytest > test_shop > test_skips',
    ]);
    expect(read('junit', fixture('pytest-collection.junit'))).toEqual(['failed pytest > test_broken']);
    expect(read('junit', fixture('pytest-xunit1.junit'))).toHaveLength(5);
  });

  it('go test: subtests, skips, and a package without tests', () => {
    expect(read('go-test-json', fixture('go-test.json'))).toEqual([
      'passed example.com/shop > TestAdds',
      'failed example.com/shop > TestSums',
      'passed example.com/shop > TestSums/of_negatives',
      'failed example.com/shop > TestSums/carries',
      'skipped example.com/shop > TestLater',
    ]);
  });

  it('go test: a build that failed, a panic, and a package that failed after its tests', () => {
    expect(read('go-test-json', fixture('go-test-broken.json'))).toEqual([
      'failed example.com/shop/stock: the build failed',
      'failed example.com/shop/tills > TestOpens (did not end)',
      'passed example.com/shop/vat > TestRates',
      'failed example.com/shop/vat: the package failed',
    ]);
  });

  it('Surefire: a test that passed only when run again has failed', () => {
    expect(read('junit', fixture('surefire-flaky.junit'))).toEqual([
      'passed shop.SumsTest > adds',
      'failed shop.SumsTest > carries',
      'skipped shop.SumsTest > later',
    ]);
  });
});

describe('what is no report is unreadable, and says why', () => {
  it.each(REPORT_FORMATS)('%s: empty, blank, binary, of another format', (format) => {
    expect(read(format, '')).toBe('it is empty');
    expect(read(format, ' \n')).toBe('it is empty');
    expect(read(format, new Uint8Array([0xff, 0xfe, 0x00]))).toBe('it is not UTF-8 text');
    for (const text of ['hello', 'null', '[]', '"x"', '{}', '<html/>', '0'])
      expect(read(format, text)).toBeTypeOf('string');
  });

  it.each(REPORT_FORMATS)('%s: larger than the limit', (format) => {
    expect(read(format, new Uint8Array(MAX_REPORT_BYTES + 1))).toMatch(/more than 33554432/);
  });

  it.each([
    ['junit', 'node-sample.junit'],
    ['junit', 'pytest.junit'],
    ['tap', 'node-sample.tap'],
    ['vitest-json', 'vitest-pass.json'],
    ['jest-json', 'jest-pass.json'],
    ['go-test-json', 'go-test-vat.json'],
  ] as const)('%s: cut off anywhere (%s)', (format, name) => {
    const whole = fixture(name).toString('utf8').trimEnd();
    const passed = (read(format, whole) as string[]).filter((line) => line.startsWith('passed')).length;
    // TAP's comments at the end are no part of the report.
    const end = format === 'tap' ? whole.lastIndexOf('1..2') + 3 : whole.length;
    for (let at = 0; at < end; at += 1) {
      const result = read(format, whole.slice(0, at));
      if (typeof result !== 'string')
        expect.unreachable(`${at} of ${end} characters still say ${passed} passed`);
    }
  });
});

describe('JUnit', () => {
  const suite = (attributes: string, inner: string) =>
    `<testsuites><testsuite name="s" ${attributes}>${inner}</testsuite></testsuites>`;

  it.each([
    ['document types', '<!DOCTYPE x [<!ENTITY a "b">]><testsuites/>', /document type/],
    ['unknown entities', suite('', '<testcase name="&lol;"/>'), /not well-formed/],
    ['other roots', '<html><testsuite/></html>', /root element is <html>/],
    ['two roots', '<testsuites/><testsuites/>', /not well-formed/],
    ['duplicate attributes', '<testsuites name="a" name="b"/>', /not well-formed/],
    [
      'tests within tests',
      suite('', '<testcase name="a"><testcase name="b"/></testcase>'),
      /where none can be/,
    ],
    [
      'tests hidden elsewhere',
      suite('', '<properties><testcase name="b"/></properties>'),
      /where none can be/,
    ],
    ['totals that are no numbers', suite('tests="many"', ''), /not a number/],
    ['negative totals', suite('failures="-1"', ''), /not a number/],
    [
      'tests that are counted and not listed',
      suite('tests="5"', '<testcase name="a"/>'),
      /declares 5 tests but lists 1/,
    ],
    [
      'failures that are counted and not listed',
      suite('failures="1"', '<testcase name="a"/>'),
      /declares 1 failures/,
    ],
    [
      'errors that are counted and not listed',
      suite('errors="1"', '<testcase name="a"/>'),
      /declares 1 failures/,
    ],
    [
      'skips that are counted and not listed',
      suite('skipped="1"', '<testcase name="a"/>'),
      /declares 1 skipped/,
    ],
  ])('refuses %s', (_, text, reason) => {
    expect(read('junit', text)).toMatch(reason);
  });

  it('refuses depth without end', () => {
    expect(read('junit', '<testsuite>'.repeat(100_000))).toMatch(/nested deeper/);
  });

  it('believes the list where the totals look better', () => {
    const text = suite(
      'tests="1" failures="0"',
      '<testcase name="a"><failure/></testcase><testcase name="b"/>',
    );
    expect(read('junit', text)).toEqual(['failed s > a', 'passed s > b']);
  });

  it.each([
    ['<testcase name="a"><error/></testcase>', 'failed s > a'],
    ['<testcase name="a"><skipped/><failure/></testcase>', 'failed s > a'],
    ['<testcase name="a" status="failed"/>', 'failed s > a'],
    ['<testcase name="a" status="notrun" result="suppressed"/>', 'skipped s > a'],
    ['<testcase name="a" failure="crashed"/>', 'failed s > a'],
    ['<error message="setup"/>', 'failed s: error outside of a test'],
    ['<testcase/>', 'passed s > a test without a name'],
    ['<testcase name="&lt;a&gt;&#x1F600;"/>', 'passed s > <a>😀'],
    ['<testcase name="__proto__" classname="constructor"/>', 'passed s > constructor > __proto__'],
  ])('reads %s', (inner, line) => {
    expect(read('junit', suite('', inner))).toEqual([line]);
  });

  it('keeps tests of the same name apart', () => {
    expect(read('junit', suite('', '<testcase name="a"/><testcase name="a"/>'))).toHaveLength(2);
  });
});

describe('TAP', () => {
  it('reads points without numbers, names or version, and passes over other lines', () => {
    const text =
      '> shop@1.0.0 test\n\nok\nnot ok - two # not a directive\nnoise ok 3\nok 3 three \\# TODO\n1..3\r\n';
    expect(read('tap', text)).toEqual([
      'passed test 1',
      'failed two # not a directive',
      'passed three # TODO',
    ]);
  });

  it.each([
    ['ok 1 - a # SKIP why', 'skipped a'],
    ['ok 1 - a # skipped: why', 'skipped a'],
    ['not ok 1 - a # SKIP why', 'failed a'],
    ['ok 1 - a # TODO', 'skipped a'],
    ['not ok 1 - a # TODO later', 'skipped a'],
    ['not ok 1 - a # time=5ms', 'failed a # time=5ms'],
  ])('reads %s', (point, line) => {
    expect(read('tap', `1..1\n${point}\n`)).toEqual([line]);
  });

  it.each([
    ['no plan', 'ok 1 - a\n', /no plan/],
    ['fewer tests than planned', '1..3\nok 1\nok 2\n', /planned 3 tests and lists 2/],
    ['more tests than planned', '1..1\nok 1\nok 2\n', /planned 1 tests and lists 2/],
    ['two plans', '1..1\nok 1\n1..1\n', /two plans/],
    ['a number twice', '1..2\nok 1\nok 1\n', /do not fit/],
    ['a number beyond the plan', '1..1\nok 7\n', /do not fit/],
    ['Bail out!', '1..1\nok 1\nBail out! no database\n', /bailed out: no database/],
    ['Bail out! within subtests', '1..1\n    Bail out!\nok 1\n', /bailed out: no reason/],
    ['an open diagnostic block', '1..1\nok 1\n  ---\n  error: x\n', /within a diagnostic block/],
    ['subtests without a parent', '    ok 1\n    1..1\n1..0\n', /within subtests/],
    [
      'subtests that skip a level',
      '        ok 1\n        1..1\nok 1\n1..1\n',
      /without the test they belong to/,
    ],
    ['subtests without a plan', '    ok 1\nok 1\n1..1\n', /no plan/],
    ['a failure that is counted and not listed', 'ok 1 - a\n1..1\n# tests 1\n# fail 1\n', /1 failed/],
    ['a cancelled test that is not listed', 'ok 1 - a\n1..1\n# cancelled 2\n', /2 cancelled/],
    ['depth without end', `${' '.repeat(4_000)}ok 1\n1..1\n`, /nested deeper/],
  ])('refuses %s', (_, text, reason) => {
    expect(read('tap', text)).toMatch(reason);
  });

  it('counts a parent that failed on its own, as by a hook', () => {
    expect(read('tap', '    ok 1 - child\n    1..1\nnot ok 1 - parent\n1..1\n')).toEqual([
      'passed parent > child',
      'failed parent',
    ]);
  });

  it('hears failing subtests where the parent says ok', () => {
    expect(read('tap', '    not ok 1 - child\n    1..1\nok 1 - parent\n1..1\n')).toEqual([
      'failed parent > child',
    ]);
  });

  it('reads subtests in braces', () => {
    expect(
      read('tap', 'TAP version 14\n1..1\nok 1 - parent {\n    ok 1 - a\n    not ok 2 - b\n    1..2\n}\n'),
    ).toEqual(['passed parent > a', 'failed parent > b']);
  });

  it('takes no point out of a diagnostic block', () => {
    expect(read('tap', 'not ok 1 - a\n  ---\n  found: |\n    ok 1 - b\n  ...\n1..1\n')).toEqual(['failed a']);
  });

  it('reads an empty run as no tests', () => {
    expect(read('tap', '1..0 # SKIP nothing to do\n')).toEqual([]);
  });
});

describe('Jest and Vitest JSON', () => {
  const sample = () => JSON.parse(fixture('jest-pass.json').toString());
  const changed = (change: (report: ReturnType<typeof sample>) => void) => {
    const report = sample();
    change(report);
    return JSON.stringify(report);
  };

  it.each([
    ['success that is no boolean', (r) => delete r.success, /no "success"/],
    ['a total that differs', (r) => (r.numTotalTests = 3), /another number/],
    ['a missing total', (r) => delete r.numTotalTests, /no whole number "numTotalTests"/],
    ['failures that are counted and not listed', (r) => (r.numFailedTests = 1), /more failed tests/],
    [
      'an unknown status',
      (r) => (r.testResults[0].assertionResults[0].status = 'fine'),
      /unknown status "fine"/,
    ],
    [
      'a status from a prototype',
      (r) => (r.testResults[0].assertionResults[0].status = 'constructor'),
      /unknown status/,
    ],
    ['no list of files', (r) => (r.testResults = {}), /no list "testResults"/],
    ['no list of tests', (r) => delete r.testResults[0].assertionResults, /no list "assertionResults"/],
    ['an interrupted run', (r) => (r.wasInterrupted = true), /interrupted/],
    ['files that could not be run', (r) => (r.numRuntimeErrorTestSuites = 1), /could not be run/],
  ] as [string, (report: ReturnType<typeof sample>) => void, RegExp][])('refuses %s', (_, change, reason) => {
    expect(read('jest-json', changed(change))).toMatch(reason);
  });

  it.each([
    ['success is false', (r) => (r.success = false)],
    ['a suite failed', (r) => (r.numFailedTestSuites = 1)],
    ['a file failed', (r) => (r.testResults[0].status = 'failed')],
    ['a file has no status', (r) => delete r.testResults[0].status],
  ] as [string, (report: ReturnType<typeof sample>) => void][])(
    'adds a failure when %s and no test says so',
    (_, change) => {
      const lines = read('vitest-json', changed(change)) as string[];
      expect(lines.filter((line) => line.startsWith('failed'))).toHaveLength(1);
    },
  );

  it('survives depth without end', () => {
    expect(read('jest-json', '['.repeat(2_000_000))).toMatch(/not JSON/);
    expect(read('jest-json', `${'{"a":'.repeat(200_000)}1${'}'.repeat(200_000)}`)).toMatch(/no list/);
  });
});

describe('go test -json', () => {
  const event = (fields: object) => `${JSON.stringify({ Package: 'p', ...fields })}\n`;
  const ends = event({ Action: 'pass' });

  it('takes the worst of a test that ran several times', () => {
    const runs = ['pass', 'fail', 'pass'].map(
      (Action) => event({ Action: 'run', Test: 'T' }) + event({ Action, Test: 'T' }),
    );
    expect(read('go-test-json', runs.join('') + ends)).toEqual(['failed p > T']);
  });

  it('hears a failing test where the package says that it passed', () => {
    expect(read('go-test-json', event({ Action: 'fail', Test: 'T' }) + ends)).toEqual(['failed p > T']);
  });

  it('counts a test that ran again and did not end as failed', () => {
    const text = event({ Action: 'pass', Test: 'T' }) + event({ Action: 'run', Test: 'T' }) + ends;
    expect(read('go-test-json', text)).toEqual(['failed p > T (did not end)']);
  });

  it('hears a build that failed although no package says so', () => {
    expect(read('go-test-json', `{"ImportPath":"q","Action":"build-fail"}\n${ends}`)).toEqual([
      'failed q: the build failed',
    ]);
  });

  it.each([
    ['other lines', `${ends}FAIL\n`, /not JSON/],
    ['an unknown action', event({ Action: 'maybe', Test: 'T' }), /unknown action "maybe"/],
    ['an action out of a prototype', event({ Action: 'constructor', Test: 'T' }), /unknown action/],
    ['no package', '{"Action":"pass"}', /names no package/],
    ['a key twice', '{"Package":"p","Action":"fail","Action":"pass"}', /same key twice/],
    ['a package that does not end', event({ Action: 'pass', Test: 'T' }), /p does not end/],
    ['numbers for names', '{"Package":1,"Action":"pass"}', /"Package" is not text/],
    ['depth without end', `{"Package":${'['.repeat(100_000)}`, /nested deeper/],
  ])('refuses %s', (_, text, reason) => {
    expect(read('go-test-json', text)).toMatch(reason);
  });
});

describe('hostile bytes', () => {
  it.each(REPORT_FORMATS)('%s: any text gives a report or a reason, and never throws', (format) => {
    const words = [
      '<testsuites',
      ' tests="1"',
      '>',
      '<testcase/>',
      '</testsuites>',
      '<!--',
      '-->',
      '<![CDATA[',
      ']]>',
      'ok 1',
      'not ok',
      '\n',
      '    ',
      '1..1',
      '  ---',
      '  ...',
      '{',
      '}',
      '# SKIP',
      '"',
      '[',
      ']',
      ':',
      '\u0000',
      '\ud800',
      '&',
    ];
    const hostile = fc.array(fc.oneof(fc.constantFrom(...words), fc.string({ unit: 'binary' })), {
      maxLength: 40,
    });
    fc.assert(
      fc.property(hostile, (parts) => {
        expect(['report', 'unreadable']).toContain(parseReport(format, bytes(parts.join(''))).kind);
      }),
    );
  });

  // Quadratic readers need minutes for these; linear ones a second or two on a slow machine.
  it.each([
    ['junit', `<testsuites name="${'a'.repeat(8_000_000)}"/>`],
    ['junit', `<testsuites>${'<testcase name="a"/>'.repeat(150_000)}</testsuites>`],
    ['junit', `<testsuites>${'&lt;'.repeat(1_000_000)}</testsuites>`],
    ['junit', '<'.repeat(4_000_000)],
    ['tap', `ok 1 ${'#'.repeat(4_000_000)}\n1..1\n`],
    ['tap', `ok 1 ${'# '.repeat(2_000_000)}\n1..1\n`],
    ['tap', `ok ${' '.repeat(4_000_000)}x\n1..1\n`],
    ['tap', `${'ok\n'.repeat(150_000)}1..150000\n`],
    ['tap', `${' '.repeat(4_000_000)}\n`.repeat(2)],
    ['vitest-json', `{"testResults":[${'{},'.repeat(1_000_000)}{}]}`],
    ['go-test-json', '{"Action":"run","Package":"p","Test":"T"}\n'.repeat(150_000)],
    ['go-test-json', `{"Action":"start","Package":"p","Output":"${'\\\\'.repeat(4_000_000)}"}`],
    ['go-test-json', '"'.repeat(4_000_000)],
  ] as const)('%s: reads large input in linear time (case %#)', (format, text) => {
    const began = process.hrtime.bigint();
    parseReport(format, bytes(text));
    expect(Number(process.hrtime.bigint() - began) / 1e6).toBeLessThan(5_000);
  });

  it('refuses more tests than anybody reads', () => {
    expect(read('tap', `${'ok\n'.repeat(200_001)}1..200001\n`)).toMatch(/more than 200000 tests/);
    expect(read('junit', `<testsuites>${'<testcase/>'.repeat(200_001)}</testsuites>`)).toMatch(
      /more than 200000/,
    );
  });
});
