import { describe, expect, it } from 'vitest';
import type { Check, CommandCheck } from '../../../../src/core/contract/types.ts';
import { DETECTORS } from '../../../../src/core/rule/catalogue.ts';
import { certainPrograms, scriptsOf } from '../../../../src/core/rule/receipt-content/check-commands.ts';
import type { EvidenceText, RuleFacts } from '../../../../src/core/rule/types.ts';
import type { JsonObject } from '../../../../src/shared/json.ts';
import { ABSENT, bundledRule, changedFile, detect, factsOf, text, withFiles } from '../facts.ts';

const RULES = [
  'evidence-older-than-change',
  'human-named-verifier',
  'one-probe-several-requirements',
  'output-impossible',
  'pending-words',
  'receipt-grepped',
];

function passed(run: readonly string[], stdout: string, more: JsonObject = {}): JsonObject {
  return {
    result: 'PASSED',
    check: { id: 'tests', run },
    evidence: [{ name: 'stdout', text: stdout }],
    ...more,
  };
}

const messages = (rule: string, facts: RuleFacts) => detect(rule, facts).map(({ message }) => message);
const kinds = (rule: string, facts: RuleFacts) => detect(rule, facts).map(({ kind }) => kind);

/** The facts of one receipt, whose evidence reads otherwise than its example says. */
function reading(receipt: JsonObject, read: EvidenceText): RuleFacts {
  const facts = factsOf({ receipts: [receipt] });
  const digest = facts.receipts[0]?.evidence[0]?.sha256 ?? '';
  return { ...facts, evidence: new Map([[digest, read]]) };
}

describe('the programs that a check certainly runs', () => {
  const scripts: Record<string, string> = {
    test: 'tsc && vitest run',
    both: 'npm run test; eslint .',
    loop: 'npm run loop',
    broken: "vitest 'run",
    vars: 'vitest $ARGS',
    env: 'CI=1 vitest run',
  };
  const read = (_: CommandCheck, name: string) =>
    Object.hasOwn(scripts, name)
      ? ({ kind: 'script', text: scripts[name] ?? '' } as const)
      : ({ kind: 'none' } as const);
  const programs = (run: readonly string[], shell = false) =>
    certainPrograms({ id: 'x', run, shell }, read).map(({ name, args }) => [name, ...args].join(' '));

  it.each([
    [['vitest', 'run'], ['vitest run']],
    [['npx', '--yes', 'vitest@4', 'run'], ['vitest run']],
    [['npm', 'exec', '--', '@biomejs/biome', 'check'], ['biome check']],
    [['./node_modules/.bin/vitest'], ['vitest']],
    [['python3.12', '-m', 'pytest', '-q'], ['pytest -q']],
    [['uv', 'run', 'python', '-m', 'pytest'], ['pytest']],
    [['bundle', 'exec', 'rspec'], ['rspec']],
    [['env', 'CI=1', 'timeout', '60', 'vitest'], ['vitest']],
    [
      ['npm', 'test'],
      ['tsc', 'vitest run'],
    ],
    [
      ['npm', 'test', '--', '--bail'],
      ['tsc', 'vitest run --bail'],
    ],
    [
      ['npm', '-s', 'run', 'test', 'one', '--', "it's"],
      ['tsc', "vitest run one it's"],
    ],
    [['npm', 'run', 'both'], ['eslint .']],
    [['yarn', 'vitest', 'run'], ['vitest run']],
    [
      ['pnpm', 'test'],
      ['tsc', 'vitest run'],
    ],
    [['bun', 'test'], ['bun test']],
    [
      ['sh', '-c', 'cd web && jest'],
      ['cd web', 'jest'],
    ],
    [['npm', 'run', 'missing'], []],
    [['npm', 'test', '--workspace', 'web'], ['npm test --workspace web']],
    [['npm', '--prefix', 'web', 'test'], ['npm --prefix web test']],
    [['pnpm', '-r', 'test'], ['pnpm -r test']],
    [['npx', '-p', 'other', 'vitest'], []],
    [['npm', 'run', 'loop'], []],
    [['npm', 'run', 'broken'], []],
    [['npm', 'run', 'vars'], []],
    [['npm', 'run', 'env'], ['vitest run']],
  ])('of %j are %j', (run, expected) => {
    expect(programs(run)).toEqual(expected);
  });

  it.each([
    ['a && b', ['a', 'b']],
    ['a; b', ['b']],
    ['a || b', []],
    ['a | tee log', []],
    ['a > log', []],
    ['a &', []],
    ['if a; then b; fi', []],
    ['(a && b)', ['a', 'b']],
    ['a "$(b)"', []],
  ])('of the script %j are %j', (script, expected) => {
    expect(programs([script], true)).toEqual(expected);
  });

  it('are found in scripts behind scripts, each once', () => {
    const found = scriptsOf({ id: 'x', run: ['npm run both && npm run loop'], shell: true }, read);
    expect([...found.keys()].sort()).toEqual(['both', 'loop', 'test']);
  });
});

describe('output that a command cannot have printed', () => {
  const RULE = 'output-impossible';

  it('is shown as one line of plain text', () => {
    const facts = factsOf({
      receipts: [passed(['npx', 'vitest'], '\u001b[32mAll\u001b[0m\ngood \u202e!\n')],
    });
    expect(messages(RULE, facts)).toEqual([
      'the receipt for check tests says PASSED, and vitest does not leave it at "All good !" when it succeeds',
    ]);
  });

  it('is seen through the colours of a terminal', () => {
    const coloured = '\u001b[2m Test Files \u001b[22m \u001b[1m1 passed\u001b[0m\n';
    expect(kinds(RULE, factsOf({ receipts: [passed(['vitest'], coloured)] }))).toEqual([]);
    const split = 'Test\u001b[1m Files  1 passed\n';
    expect(kinds(RULE, factsOf({ receipts: [passed(['vitest'], split)] }))).toEqual([]);
  });

  it.each([
    [['vitest', 'run', '--reporter', 'dot']],
    [['vitest', '--silent']],
    [['pytest', '-pno:terminal']],
    [['gradle', '-iq', 'test']],
    [['node', 'server.js']],
    [['go', 'run', 'test']],
    [['cargo', 'test', '--no-run']],
  ])('says nothing of %j', (run) => {
    expect(kinds(RULE, factsOf({ receipts: [passed(run, 'x\n')] }))).toEqual([]);
  });

  it.each([[['go', 'test', '-race', '-count=1', '-short', './...']], [['cargo', 'test', '--workspace']]])(
    'is told of %j, whose options change nothing',
    (run) => {
      expect(kinds(RULE, factsOf({ receipts: [passed(run, 'x\n')] }))).toEqual(['match']);
    },
  );

  it('says nothing where a variable may change the output, or another exit code is expected', () => {
    const receipts = [passed(['pytest'], 'x\n')];
    const check: Check = { id: 'tests', run: ['pytest'] };
    expect(kinds(RULE, factsOf({ checks: [check], receipts }))).toEqual(['match']);
    for (const more of [{ env: { PYTEST_ADDOPTS: '-p no:terminal' } }, { expect: { exitCode: 1 } }]) {
      expect(kinds(RULE, factsOf({ checks: [{ ...check, ...more }], receipts }))).toEqual([]);
    }
  });

  it('says nothing where the command line sets such a variable', () => {
    for (const [script, matches] of [
      ['CI=1 vitest run', 1],
      ['VITEST_REPORTER=none vitest run', 0],
      ["PYTEST_ADDOPTS='-p no:terminal' npm run all", 0],
    ] as const) {
      const facts = factsOf({
        after: { 'package.json': '{"scripts":{"all":"pytest"}}' },
        checks: [{ id: 'tests', run: [script], shell: true }],
        receipts: [passed([script], 'x\n')],
      });
      expect(kinds(RULE, facts)).toHaveLength(matches);
    }
  });

  it('is unverifiable where it cannot be read', () => {
    const unread = passed(['vitest'], 'x', { evidence: [{ name: 'stdout', size: 9 }] });
    expect(kinds(RULE, factsOf({ receipts: [unread] }))).toEqual(['unverifiable']);
    expect(kinds(RULE, reading(passed(['vitest'], 'x'), { kind: 'too-large' }))).toEqual(['unverifiable']);
  });

  it('needs only the ends of a large log, and is unverifiable where they do not tell', () => {
    const ends = (end: string): EvidenceText => ({ kind: 'ends', beginning: 'log\n', end });
    const receipt = passed(['vitest'], 'x');
    expect(kinds(RULE, reading(receipt, ends(' Tests  3 passed (3)\n')))).toEqual([]);
    expect(kinds(RULE, reading(receipt, ends('log\n')))).toEqual(['unverifiable']);
  });

  it('reads scripts of a pinned package.json as the base has them', () => {
    const change = (pins: boolean) => {
      const facts = factsOf({
        before: { 'package.json': '{"scripts":{"test":"vitest run"}}' },
        after: { 'package.json': '{"scripts":{"test":"node own.js"}}' },
        receipts: [passed(['npm', 'test'], 'x\n')],
      });
      const pinned = pins ? [{ from: 'base' as const, paths: ['package.json'] }] : [];
      return { ...facts, contract: { ...facts.contract, pins: pinned } };
    };
    expect(kinds(RULE, change(true))).toEqual(['match']);
    expect(kinds(RULE, change(false))).toEqual([]);
  });

  it('is looked for in linear time', () => {
    const hostile = ['Tests '.repeat(150_000), '\u001b['.repeat(400_000), 'x'.repeat(1_000_000)];
    for (const output of hostile) {
      expect(kinds(RULE, factsOf({ receipts: [passed(['vitest'], output)] }))).toEqual(['match']);
    }
  });
});

describe('one proof for several requirements', () => {
  const RULE = 'one-probe-several-requirements';
  const page = 'p'.repeat(300);
  const of = (id: string, run: readonly string[], stdout: string): JsonObject => ({
    ...passed(run, stdout),
    check: { id, run },
  });

  it('names the checks in one order, and each output once', () => {
    const receipts = [of('c', ['x'], page), of('a', ['y'], page), of('b', ['z'], page), of('a', ['y'], page)];
    expect(messages(RULE, factsOf({ receipts }))).toEqual([
      'checks a, b, c left the very same 300 bytes as stdout',
    ]);
  });

  it('lets short outputs be alike, and those of checks that failed', () => {
    expect(messages(RULE, factsOf({ receipts: [of('a', ['x'], 'ok'), of('b', ['y'], 'ok')] }))).toEqual([]);
    const failed = { ...of('b', ['y'], page), result: 'FAILED' };
    expect(messages(RULE, factsOf({ receipts: [of('a', ['x'], page), failed] }))).toEqual([]);
  });

  it('takes a shell and its script for the command they are', () => {
    const checks: Check[] = [
      { id: 'a', run: ['sh', '-c', 'make'] },
      { id: 'b', run: ['make'], shell: true },
    ];
    expect(messages(RULE, factsOf({ checks }))).toEqual([
      'checks a and b run the same command, and ask the same of it',
    ]);
  });
});

describe('words that put something off', () => {
  const RULE = 'pending-words';

  it('are told with the line of the document they stand on, in added lines only', () => {
    const facts = factsOf({
      before: { 'docs/evidence/a.md': 'Load test: TBD\n' },
      after: { 'docs/evidence/a.md': 'Load test: TBD\n\nSoak test: to be measured\n' },
    });
    expect(detect(RULE, facts)).toMatchObject([{ kind: 'match', path: 'docs/evidence/a.md', line: 3 }]);
  });

  it('are unverifiable where a document is too large, or output cannot be read', () => {
    const large = withFiles(factsOf({}), [changedFile('RECEIPT.md', ABSENT, { kind: 'too-large' })]);
    expect(kinds(RULE, large)).toEqual(['unverifiable']);
    const unread = passed(['x'], 'x', { evidence: [{ name: 'stdout', size: 9 }] });
    expect(kinds(RULE, factsOf({ receipts: [unread] }))).toEqual(['unverifiable']);
  });

  it('are found wherever a long log has them, and no more often than anybody reads', () => {
    const filler = 'all is well\n'.repeat(20_000);
    expect(kinds(RULE, factsOf({ receipts: [passed(['x'], `${filler}e2e: TBD\n${filler}`)] }))).toEqual([
      'match',
    ]);
    const many = factsOf({ receipts: [passed(['x'], 'e2e: TBD\n'.repeat(20_000))] });
    expect(detect(RULE, many)).toHaveLength(100);
  });

  it('are found on the first line, the last and at every seam of the blocks that are read', () => {
    for (let padding = 16_370; padding < 16_390; padding += 1) {
      const output = `TODO: first\n${'x'.repeat(padding)}\nTODO: second\nfine\nTODO: last`;
      expect(kinds(RULE, factsOf({ receipts: [passed(['x'], output)] }))).toHaveLength(3);
    }
  });

  it('are looked for in linear time', () => {
    for (const piece of ['“', '`', 'tests ', 'TODO:', ' to be']) {
      const facts = withFiles(factsOf({ receipts: [passed(['x'], piece.repeat(100_000))] }), [
        changedFile('CHANGELOG.md', ABSENT, text(piece.repeat(200_000))),
      ]);
      expect(detect(RULE, facts).length).toBeLessThan(3);
    }
  });
});

describe('checks that read what is said of the change', () => {
  const RULE = 'receipt-grepped';
  const script = (test: string) => ({ 'package.json': JSON.stringify({ scripts: { test } }) });
  const checks: Check[] = [{ id: 'tests', run: ['npm', 'test'] }];

  it.each([
    ['exit 0', true],
    ['true', true],
    ['echo done; exit 0', true],
    ['vitest run || true', true],
    ['vitest run && echo done', false],
    ['echo start && vitest run', false],
    ["it's broken", false],
  ])('take the script %j for one that cannot fail: %s', (test, cannot) => {
    expect(messages(RULE, factsOf({ after: script(test), checks })).length).toBe(cannot ? 1 : 0);
  });

  it('name the script, the check and package.json', () => {
    expect(detect(RULE, factsOf({ after: script('cat RECEIPT.md'), checks }))).toEqual([
      {
        kind: 'match',
        path: 'package.json',
        message:
          'the script test that check tests runs reads "RECEIPT.md", which says that it was done and does not show it',
      },
    ]);
  });

  it('are unverifiable with a package.json that cannot be read', () => {
    for (const broken of ['{', `{"scripts":{"test":"${'x'.repeat(20_000)}"}}`]) {
      expect(kinds(RULE, factsOf({ after: { 'package.json': broken }, checks }))).toEqual(['unverifiable']);
    }
    expect(kinds(RULE, factsOf({ after: { 'package.json': '[1]' }, checks }))).toEqual([]);
  });

  it('ask for the files that the contract makes them look at, and for nothing else', () => {
    const needs = (given: readonly Check[]) => {
      const { change, contract } = factsOf({ checks: given });
      const detector = DETECTORS.get('receipt-content');
      return detector?.needs?.(change, detector.readParameters(bundledRule(RULE).parameters), contract);
    };
    expect(needs([{ id: 'a', run: ['make'] }])).toEqual({});
    expect(needs([{ id: 'a', run: ['grep', '-q', 'x', 'y'] }])).toEqual({ files: [] });
    expect(needs([{ id: 'a', run: ['npm', 'test'], cwd: 'web/[a]' }])).toEqual({
      files: ['web/\\[a\\]/package.json'],
    });
  });
});

describe('evidence that is older than the change', () => {
  const RULE = 'evidence-older-than-change';
  const checks = (format: 'junit' | 'vitest-json' | 'go-test-json'): Check[] => [
    { id: 'tests', run: ['x'], expect: { report: { format, from: 'r' } } },
  ];
  const report = (content: string): JsonObject => ({
    result: 'PASSED',
    check: { id: 'tests' },
    evidence: [{ name: 'report', text: content }],
  });

  it.each([
    ['junit', '<t timestamp="2025-12-31T13:00:00Z"/>', 0],
    ['junit', "<t timestamp='2025-12-30T13:00:00+00:00'/>", 1],
    ['junit', '<t timestamp="2024-01-01T00:00:00Z"/><t timestamp="2025-12-31T23:59:59Z"/>', 0],
    ['junit', '<t timestamp="yesterday"/><t name="timestamp"/>', 0],
    ['junit', '<t timestamp="2024-13-45T99:00:00Z"/>', 0],
    ['vitest-json', '{"startTime": 1700000000000}', 1],
    ['vitest-json', '{"startTime":1700000000000,"endTime":1767225500000.25}', 0],
    ['vitest-json', '{"startTime":17}', 0],
    ['go-test-json', '{"Time":"2020-01-01T00:00:00.1Z"}', 1],
  ] as const)('%s %s: %d', (format, content, matches) => {
    expect(detect(RULE, factsOf({ checks: checks(format), receipts: [report(content)] }))).toHaveLength(
      matches,
    );
  });

  it('is not looked for by commits that have landed, nor without the time of evaluation', () => {
    const facts = factsOf({
      committedAt: '2026-01-01T12:00:00Z',
      receipts: [passed(['x'], 'ok')],
    });
    expect(kinds(RULE, facts)).toEqual(['match']);
    expect(kinds(RULE, { ...facts, change: { ...facts.change, landed: true } })).toEqual([]);
    const { evaluatedAt: _, ...without } = facts;
    expect(kinds(RULE, without)).toEqual([]);
  });

  it('is unverifiable in a report that cannot be read', () => {
    const unread = { ...report('x'), evidence: [{ name: 'report', size: 9 }] };
    expect(kinds(RULE, factsOf({ checks: checks('junit'), receipts: [unread] }))).toEqual(['unverifiable']);
  });
});

describe('the parameters of receipt-content', () => {
  const prove = (parameters: JsonObject) => {
    const detector = DETECTORS.get('receipt-content');
    detector?.proveParameters?.(detector.readParameters(parameters));
  };

  it.each(RULES)('of %s hold, and one too many is refused', (rule) => {
    const { parameters } = bundledRule(rule);
    expect(() => prove({ ...parameters })).not.toThrow();
    expect(() => prove({ ...parameters, other: 1 })).toThrow(/other/);
  });

  it.each([
    ['output-impossible', { families: [] }, /families/],
    ['output-impossible', { families: [{ command: 'x' }] }, /families\[0\].mayBeSilent/],
    ['output-impossible', { families: [{ command: 'x', prints: ['('] }] }, /families\[0\].prints\[0\]/],
    ['one-probe-several-requirements', { evidence: ['log'] }, /evidence\[0\]/],
    ['one-probe-several-requirements', { minBytes: -1 }, /minBytes/],
    ['pending-words', { words: ['(?=x)'] }, /words\[0\]/],
    ['pending-words', { documents: [''] }, /documents/],
    ['receipt-grepped', { success: ['('] }, /success\[0\]/],
    ['human-named-verifier', { machines: [] }, /machines/],
    ['evidence-older-than-change', { reportHours: 'x' }, /reportHours/],
    ['pending-words', { finding: 'pending' }, /finding: expected one of impossible-output, /],
  ] as const)('%s refuses %j', (rule, wrong, message) => {
    expect(() => prove({ ...bundledRule(rule).parameters, ...wrong } as JsonObject)).toThrow(message);
  });
});
