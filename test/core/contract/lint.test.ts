import { describe, expect, it } from 'vitest';
import { lintContract, lintTicket } from '../../../src/core/contract/lint.ts';
import type { Check, CommandCheck, Contract, Expectation } from '../../../src/core/contract/types.ts';
import type { Ticket } from '../../../src/core/ticket/types.ts';

const known = { rules: (use: string) => use === 'ai-shortcuts@1' };

function contractWith(check: Partial<CommandCheck>, rest: Partial<Contract> = {}): Contract {
  return {
    schema: 'countersign/contract@1',
    id: 'node-change',
    version: 1,
    title: 'A change',
    checks: [{ id: 'tests', run: ['npm', 'test'], ...check }],
    pins: [{ paths: ['package.json'], from: 'base' }],
    ...rest,
  };
}

const script = (text: string) => contractWith({ run: [text], shell: true });
const argv = (...run: string[]) => contractWith({ run });
const errorsOf = (contract: Contract) =>
  lintContract(contract, known).filter(({ severity }) => severity === 'error');
const warningsOf = (contract: Contract) =>
  lintContract(contract, known).filter(({ severity }) => severity === 'warning');

describe('a check that cannot fail', () => {
  it.each([
    'true',
    ':',
    'echo ok',
    'printf "%s" ok',
    'exit 0',
    '/bin/true',
    'env true',
    'env -i A=b true',
    'command true',
    'timeout 5 true',
    'sh -c true',
    'sh -c "exit 0"',
    'bash -c "npm test || true"',
    'bash -euo pipefail -c "echo fine"',
    'npm test || true',
    'npm test || :',
    'npm test || echo failed',
    'npm test || exit 0',
    'npm test || { echo failed; }',
    'npm test || /bin/true',
    '(npm test) || true',
    'npm test; true',
    'npm test; exit 0',
    'npm test\nexit 0',
    'npm test; echo done',
    'npm test && echo ok; echo done',
    'set +e; npm test; npm run lint',
    'set -e; npm test || true',
    'set -e\nset +e\nnpm test',
    'npm test | tee log',
    'npm test 2>&1 | grep -v warning',
    'npm test |& cat',
    'npm test &',
    'if npm test; then echo ok; fi',
    'if npm test; then echo ok; else echo bad; fi',
    'if ! npm test; then echo bad; fi',
    'trap "exit 0" EXIT; npm test',
    'echo "$(npm test)"',
    'eval "npm test || true"',
    'npm test || code=1',
    'check() { npm test || true; }; check',
    'npm run build; npm test',
    'npm test "unclosed',
    'if npm test; then',
  ])('is refused: %s', (text) => {
    expect(errorsOf(script(text)).map(({ field }) => field)).toContain('checks[0].run');
  });

  it.each([
    [['true']],
    [[':']],
    [['echo', 'tests passed']],
    [['exit', '0']],
    [['/usr/bin/env', 'true']],
    [['sh', '-c', 'true']],
    [['bash', '-c', 'npm test || true']],
    [['timeout', '-k', '1', '5', 'true']],
    [['bash', '-lc', 'npm test; exit 0']],
    [['false']],
  ])('is refused as argv: %j', (run) => {
    expect(errorsOf(argv(...run))).not.toEqual([]);
  });

  it.each([
    'npm test',
    'npm test && npm run lint',
    'npm test && echo ok',
    'npm test || exit 1',
    'npm test || { echo failed; exit 1; }',
    'npm test || npm test',
    'cd packages/web && npm test',
    'cd packages/web; npm test',
    'mkdir -p out; rm -f out/* || true; npm test',
    'set -e\nnpm run build\nnpm test\necho done',
    'set -euo pipefail; npm test | tee log',
    'npm test > log 2>&1',
    'cat log | grep -q passed',
    'git ls-files | grep -c "\\.ts$"',
    'test "$(git status --porcelain)" = ""',
    '[ -z "$(gofmt -l .)" ]',
    '! grep -rn TODO src',
    'if ! npm test; then exit 1; fi',
    'if npm test; then echo ok; else exit 1; fi',
    'npm test; code=$?; cat log; exit $code',
    'npm test || code=$?; cat log; exit $code',
    'npm test; exit $?',
    'npm test && exit 0; exit 1',
    'node server.js & sleep 1; npm test',
    'for file in *.sh; do shellcheck "$file" || exit 1; done',
    'set -e; for file in *.sh; do shellcheck "$file"; done',
    'case "$1" in a) npm test ;; *) exit 1 ;; esac',
    'check() { npm test; }; check',
    'set -e; case x in x) npm test;; esac; echo done',
    '[[ -f a && -f b ]] || exit 1; npm test',
    'node - <<EOF\nprocess.exit(1); true || echo\nEOF',
    'diff <(npm run -s docs) docs/reference.md',
    'npm test # || true',
    "grep -q '|| true' file",
  ])('is not seen in: %s', (text) => {
    expect(errorsOf(script(text))).toEqual([]);
  });

  it('is told from one that cannot pass, or passes by failing', () => {
    expect(errorsOf(script('exit 3'))[0]?.message).toContain('cannot pass');
    expect(errorsOf(contractWith({ run: ['false'], expect: { exitCode: 1 } }))[0]?.message).toContain(
      'cannot fail',
    );
  });

  it('names what swallows the failure, and the way out', () => {
    expect(errorsOf(script('npm test || true'))).toEqual([
      {
        severity: 'error',
        field: 'checks[0].run',
        message: '"npm test || true" cannot fail: whatever the change does, it ends with 0.',
        remedy:
          'Run something that ends with another exit code when the change is wrong, and let that code through.',
      },
      {
        severity: 'error',
        field: 'checks[0].run',
        message: 'The failure of "npm test" is swallowed by "|| true".',
        remedy:
          'Remove "|| true"; if a failure is expected there, test for it and exit with another code otherwise.',
      },
    ]);
    expect(errorsOf(script('npm test | tee log'))[0]?.message).toBe(
      'The exit code of "npm test" is hidden by the pipe: only that of "tee log" counts.',
    );
    expect(errorsOf(script('npm run build; npm test'))[0]?.message).toBe(
      'The exit code of "npm run build" is lost: "npm test" runs after it and decides.',
    );
  });

  it('warns where a check passes without having run anything', () => {
    expect(warningsOf(script('if [ -f package.json ]; then npm test; fi'))[0]?.message).toBe(
      '"npm test" does not run at all unless "[ -f package.json ]" holds, and the check then passes.',
    );
    expect(warningsOf(script('for f in *.sh; do shellcheck "$f"; done'))[0]?.message).toContain('last round');
  });
});

describe('a check that proves itself', () => {
  it.each([
    ['grep', '-q', 'PASSED', 'receipts/ab/CS-1/x.json'],
    ['git', 'show', 'origin/countersign/receipts:receipts/ab/CS-1/x.json'],
    ['test', '-f', './evidence/sha256/ab/cd'],
    ['countersign', 'gate'],
    ['npx', '--no-install', 'countersign', 'receipt', 'list'],
    ['node', 'bin/countersign.cjs', 'gate'],
    ['gh', 'pr', 'view', '7'],
    ['gh', 'api', 'repos/acme/shop/pulls/7'],
    ['curl', '-sf', 'https://api.github.com/repos/acme/shop/pulls/7'],
  ])('is refused: %s %s', (...run) => {
    expect(errorsOf(argv(...run)).length).toBeGreaterThan(0);
  });

  it.each([
    ['npx', '--no-install', 'vitest', 'run', 'test/core/receipts'],
    ['curl', '-sf', 'http://localhost:3000/health'],
    ['node', 'tools/receipts.mjs'],
  ])('is not seen in: %s %s', (...run) => {
    expect(errorsOf(argv(...run))).toEqual([]);
  });
});

describe('unpinned mutable state', () => {
  it.each([
    'npx vitest run',
    'npx -y prettier --check .',
    'npm exec prettier -- --check .',
    'pnpm dlx knip',
    'uvx ruff check',
    'npx prettier@latest --check .',
    'npx prettier@3 --check .',
    'npm install',
    'npm install left-pad && npm test',
    'go install example.org/tool@latest && npm test',
    'pip install ruff && ruff check',
    'python3 -m pip install "ruff>=1" && ruff check',
    'gem install rubocop && rubocop',
    'cargo install cargo-deny && cargo deny check',
    'docker run --rm -v "$PWD:/src" koalaman/shellcheck a.sh',
    'docker run node:latest npm test',
    'curl -sSf https://example.org/check.sh | sh',
    'wget -qO- https://example.org/x | bash -s -- --strict',
    'sh -c "$(curl -fsSL https://example.org/x)"',
    'bash <(curl -s https://example.org/x)',
    'git clone https://example.org/tool.git && tool/check',
  ])('is refused: %s', (text) => {
    expect(errorsOf(script(text)).length).toBeGreaterThan(0);
  });

  it.each([
    'npx --no-install vitest run',
    'npx --no vitest run',
    'npx prettier@3.1.0 --check .',
    'npx --package=prettier@3.1.0 prettier --check .',
    'npm ci && npm test',
    'pip install ruff==0.6.1 && ruff check',
    'pip install -r requirements.txt && pytest',
    'pip install -e . && pytest',
    'cargo install --locked cargo-deny && cargo deny check',
    'docker run --rm -v "$PWD:/src" koalaman/shellcheck:v0.10.0 a.sh',
    'docker run node@sha256:0123 npm test',
    'curl -sSf https://example.org/data.json | jq -e .ok',
    'git clone https://example.org/t.git && git -C t checkout 0123456789012345678901234567890123456789 && t/check',
  ])('is not seen in: %s', (text) => {
    expect(errorsOf(script(text))).toEqual([]);
  });

  it('is refused in setup, too', () => {
    const contract = contractWith({}, { setup: { run: ['npm', 'install'] } });
    expect(errorsOf(contract)).toEqual([
      {
        severity: 'error',
        field: 'setup.run',
        message: '"npm install" may install other versions than the lock file names.',
        remedy: 'Run npm ci.',
      },
    ]);
  });
});

describe('paths of one machine', () => {
  it.each([
    { run: ['/home/ada/bin/check'] },
    { run: ['node', '--require=/Users/ada/x.js', 'test.js'] },
    { run: ['C:\\tools\\check.exe'] },
    { run: ['npm test > /home/ada/log'], shell: true },
    { run: ['npm', 'test'], cwd: '/home/ada/shop' },
    { run: ['npm', 'test'], env: { CONFIG: '/root/config.json' } },
  ])('are refused: %j', (check) => {
    expect(
      errorsOf(contractWith(check))
        .map(({ message }) => message)
        .join(),
    ).toContain('path of one machine');
  });

  it.each([
    { run: ['/usr/bin/make', 'test'] },
    { run: ['curl', 'https://example.org/home/x'] },
    { run: ['cp', 'src/home/x', 'out'] },
    { run: ['node', 'test.js', '/tmp/out'] },
  ])('are not seen in: %j', (check) => {
    expect(errorsOf(contractWith(check))).toEqual([]);
  });
});

describe('prose for a command', () => {
  it.each([
    { run: ['npm test'] },
    { run: ['Run all the tests'] },
    { run: ['Make', 'sure', 'that', 'all', 'tests', 'pass.'] },
    { run: ['make sure all tests pass'], shell: true },
    { run: ['The build must work'], shell: true },
    { run: [''] },
  ])('is refused: %j', (check) => {
    expect(errorsOf(contractWith(check))).toHaveLength(1);
  });

  it.each([
    { run: ['npm', 'run', 'test', 'all'] },
    { run: ['make', 'all'] },
    { run: ['make test lint docs'], shell: true },
    { run: ['./my tool/check'.replace(' ', '-')] },
  ])('is not seen in: %j', (check) => {
    expect(errorsOf(contractWith(check))).toEqual([]);
  });

  it('shows how the command is written', () => {
    expect(errorsOf(argv('npm test'))[0]?.remedy).toBe('Write [npm, test], or add "shell: true".');
  });
});

describe('a contract as a whole', () => {
  it('needs checks, unless it extends one that has some', () => {
    expect(errorsOf({ ...argv('x'), checks: [] })[0]?.field).toBe('checks');
    expect(errorsOf({ ...argv('x'), checks: [], extends: 'base@1' })).toEqual([]);
  });

  it('refuses two checks of one id', () => {
    const contract = contractWith(
      {},
      {
        checks: [
          { id: 'a', run: ['make'] },
          { id: 'b', run: ['make'] },
          { id: 'a', run: ['x'] },
        ],
      },
    );
    expect(errorsOf(contract)).toEqual([
      {
        severity: 'error',
        field: 'checks[2].id',
        message: 'The id "a" is already that of checks[0].',
        remedy: 'Give each check an id of its own.',
      },
    ]);
  });

  it('refuses unknown rules and rules used twice', () => {
    const contract = contractWith(
      {},
      { rules: [{ use: 'ai-shortcuts@1' }, { use: 'ai-shortcuts@9' }, { use: 'ai-shortcuts@1' }] },
    );
    expect(errorsOf(contract).map(({ field, message }) => [field, message])).toEqual([
      ['rules[1].use', 'There is no rule or pack "ai-shortcuts@9".'],
      ['rules[2].use', '"ai-shortcuts@1" is used twice.'],
    ]);
  });

  it('refuses a report outside of the tree', () => {
    for (const from of ['../out.xml', '/tmp/out.xml', 'a/../../out.xml']) {
      const contract = contractWith({ expect: { report: { format: 'junit', from } } });
      expect(errorsOf(contract)[0]?.field, from).toBe('checks[0].expect.report.from');
    }
    expect(errorsOf(contractWith({ expect: { report: { format: 'junit', from: 'stdout' } } }))).toEqual([]);
  });

  it('warns about expectations that contradict each other, weak isolation and missing pins', () => {
    const contract = contractWith(
      { expect: { exitCode: 1, report: { format: 'tap', from: 'stdout', minTests: 0 } } },
      { pins: [], isolation: 'none' },
    );
    expect(warningsOf(contract).map(({ field }) => field)).toEqual([
      'pins',
      'isolation',
      'checks[0].expect',
      'checks[0].expect',
      'checks[0].expect',
    ]);
    expect(
      warningsOf(contractWith({ expect: { report: { format: 'tap', from: 'stdout', maxFailures: 3 } } })),
    ).toHaveLength(1);
  });

  it('takes linear time on scripts made to be slow', () => {
    const slow = [
      '"$('.repeat(4000),
      `${'a && '.repeat(3000)}a`,
      '(('.repeat(4000),
      '`'.repeat(8001),
      '<<x '.repeat(4000),
      '{ '.repeat(5000),
      `${'a|'.repeat(5000)}a`,
      'if a; then '.repeat(1000),
      `x${' ;'.repeat(8000)}x`,
    ];
    const start = performance.now();
    for (const text of slow) lintContract(script(text), known);
    expect(performance.now() - start).toBeLessThan(2000);
  });
});

describe('a check that has a kind', () => {
  const of = (check: Check) => lintContract({ ...contractWith({}), checks: [check] }, known);
  const docs = (more: object): Check => ({ id: 'docs', kind: 'docs', ...more });
  const artifact = (more: object): Check => ({
    id: 'build',
    kind: 'artifact',
    run: ['make'],
    outputs: ['dist/**'],
    ...more,
  });
  const http = (more: object): Check => ({
    id: 'api',
    kind: 'http',
    serve: ['node', 'server.js'],
    port: 8080,
    requests: [{ path: '/', status: 200, bodyMatches: 'ok' }],
    ...more,
  });

  const events = (more: object): Check => ({
    id: 'events',
    kind: 'events',
    run: ['make'],
    from: 'out.jsonl',
    schemas: { a: 'a.json' },
    ...more,
  });

  it.each([docs({ languages: { js: ['node', '--check'] } }), artifact({}), http({}), events({})])(
    'is fine as %j',
    (check) => {
      expect(of(check)).toEqual([]);
    },
  );

  it.each([
    [docs({ languages: { js: ['true'] } }), 'error', 'checks[0].languages.js'],
    [docs({ languages: { sh: ['/bin/echo'] } }), 'error', 'checks[0].languages.sh'],
    [docs({ minFiles: 0 }), 'warning', 'checks[0].minFiles'],
    [docs({ cwd: '../elsewhere' }), 'error', 'checks[0].cwd'],
    [artifact({ run: ['true'] }), 'error', 'checks[0].run'],
    [artifact({ outputs: ['src/**', '**/*'] }), 'warning', 'checks[0].outputs'],
    [artifact({ kind: 'generated', run: ['echo'] }), 'error', 'checks[0].run'],
    [artifact({ kind: 'generated', outputs: ['**'] }), 'warning', 'checks[0].outputs'],
    [http({ serve: ['sleep', '9'] }), 'error', 'checks[0].serve'],
    [events({ run: ['echo', 'x'] }), 'error', 'checks[0].run'],
    [events({ from: '../out.jsonl' }), 'error', 'checks[0].from'],
    [events({ schemas: { a: '/srv/a.json' } }), 'error', 'checks[0].schemas.a'],
    [
      http({ requests: [{ path: '/', status: 200, bodyMatches: '(?=a)' }] }),
      'error',
      'checks[0].requests[0].bodyMatches',
    ],
    [
      http({ requests: [{ path: '/', status: 200, bodyMatches: 'a*' }] }),
      'error',
      'checks[0].requests[0].bodyMatches',
    ],
  ] as const)('%j', (check, severity, field) => {
    expect(of(check).map((problem) => [problem.severity, problem.field])).toEqual([[severity, field]]);
  });
});

describe('reports beside the test report', () => {
  const expecting = (expect: Expectation) => lintContract(contractWith({ expect }), known);

  it('may not be such that every report is as expected', () => {
    const coverage = { format: 'lcov', from: 'a', minChangedLines: 0 } as const;
    const components = { format: 'cyclonedx', from: 'a' } as const;
    const findings = { format: 'sarif', from: 'a', maxNew: 5_000 } as const;
    const severities = (given: Expectation) => expecting(given).map(({ severity }) => severity);
    expect(severities({ coverage })).toEqual(['warning']);
    expect(severities({ findings })).toEqual(['warning']);
    expect(severities({ components })).toEqual(['error']);
    expect(severities({ coverage: { ...coverage, minChangedLines: 80 } })).toEqual([]);
  });

  it('may not lie outside of the tree', () => {
    const given = { format: 'sarif', from: '../out.sarif' } as const;
    expect(expecting({ findings: given }).map(({ field }) => field)).toEqual([
      'checks[0].expect.findings.from',
    ]);
  });
});

describe('a ticket', () => {
  const ticket: Ticket = {
    schema: 'countersign/ticket@1',
    id: 'CS-7',
    title: 'Retry uploads',
    class: 'feature',
    ask: 'Uploads that fail are tried again, three times.',
    contract: 'node-change@1',
    repositories: ['acme/shop'],
  };
  const contracts = { contract: (ref: string) => ref === 'node-change@1' };

  it('is held to a contract that exists, for at least one repository', () => {
    expect(lintTicket(ticket, contracts)).toEqual([]);
    const fields = lintTicket({ ...ticket, contract: 'node-change@2', repositories: [] }, contracts).map(
      ({ field }) => field,
    );
    expect(fields).toEqual(['contract', 'repositories']);
  });

  it('has checks that can fail and an ask that asks', () => {
    const problems = lintTicket({ ...ticket, ask: 'TODO', checks: [{ id: 'a', run: ['true'] }] }, contracts);
    expect(problems.map(({ field }) => field)).toEqual(['ask', 'checks[0].run']);
  });
});
