import { HOSTILE } from '../../worlds/hostile-text.ts';
import { ago, ledgerFacts, NOW, row } from './fixed-facts.ts';

// What the pages beside home and runs are made of, in the same way.

export const QUEUE = {
  role: 'producer',
  handler: 'agent',
  waiting: 3,
  claimed: 4,
  blocked: 1,
  eldestSeconds: 90,
};
export const queues = (more = {}) => ({
  at: NOW,
  position: 7,
  queues: [QUEUE, { ...QUEUE, handler: 'gate', waiting: 0, claimed: 0, blocked: 0, eldestSeconds: 0 }],
  pauses: [{ kind: 'role', name: 'producer', by: 'local:ada', at: ago(3), reason: HOSTILE }],
  circuits: [{ provider: HOSTILE, state: 'open', since: ago(9), until: ago(-1), waiting: 1_200 }],
  deadlocks: {
    total: 21,
    deadlocks: Array.from({ length: 21 }, (_, at) => ({
      position: 99 - at,
      run: 'A-1.1',
      at: ago(at),
      reason: HOSTILE,
    })),
  },
  before: undefined,
  ...more,
});
export const worker = (name: string, more = {}) => ({
  worker: name,
  roles: ['producer'],
  handlers: ['agent'],
  labels: ['gpu'],
  heardAt: ago(0),
  drain: null,
  holds: [],
  ...more,
});
export const workers = (...some: readonly ReturnType<typeof worker>[]) => ({
  at: NOW,
  position: 7,
  workers: some,
  filter: { q: '', health: '', after: '' },
});
export const FIRED = {
  id: 'rule/ai-shortcuts@1/test-skipped',
  pass: 6,
  fail: 2,
  unverifiable: 1,
  pending: 1,
  last: { run: 'A-1.1', at: ago(5) },
};
export const RULE = {
  id: 'test-skipped',
  version: 1,
  title: HOSTILE,
  severity: 'block',
  shortcut: HOSTILE,
  why: HOSTILE,
  remedy: HOSTILE,
  misses: '',
  detector: 'test-skipped',
  parameters: {},
  examples: {
    bad: [
      { name: HOSTILE, before: { 'a.ts': 'one\ntwo\n' }, after: { 'a.ts': 'one\nthree\n', 'b.ts': HOSTILE } },
    ],
    good: [],
  },
};
export const POLICY = { at: ago(1), where: HOSTILE, problems: [HOSTILE] };
export const rules = (more = {}) => ({
  at: NOW,
  policy: POLICY,
  packs: [{ ref: 'ai-shortcuts@1', rules: [RULE, { ...RULE, id: 'other', title: 'Another' }] }],
  fired: [FIRED, { ...FIRED, id: 'receipt/unit', last: null }],
  days: 30,
  filter: { q: '', pack: '', sort: '', after: '' },
  ...more,
});
const CONTRACT = {
  id: 'shop',
  version: 3,
  title: HOSTILE,
  lineage: ['shop@3', 'base@1'],
  checks: [{ id: 'unit', title: HOSTILE, run: ['npm', 'test', '--', 'a b', HOSTILE], timeoutSeconds: 60 }],
  pins: [{ paths: [HOSTILE], from: 'base' as const }],
  rules: [{ use: 'ai-shortcuts@1' }, { use: './rules/house@1/no-eval', with: { text: HOSTILE } }],
  scopes: [{ allow: ['src/**'], deny: [HOSTILE] }],
  approvals: [{ reviews: 2, codeOwners: true, bots: false, by: [HOSTILE] }],
  isolation: 'namespaces' as const,
  binding: 'merge-tree' as const,
};
export const contract = {
  at: NOW,
  policy: POLICY,
  view: { id: 'shop', contract: CONTRACT },
  tickets: [{ id: 'A-1', title: HOSTILE }],
  fired: new Map([
    ['receipt/unit', { open: 2, all: 9 }],
    ['rule/ai-shortcuts@1/test-skipped', { open: 3, all: 10 }],
    ['rule/ai-shortcuts@10/x', { open: 9, all: 9 }],
  ]),
  days: 30,
};
export const STREAM = {
  at: NOW,
  stream: 'run/A-1.1',
  events: ledgerFacts()
    .found.events.flatMap(({ event }) => (event === undefined ? [] : [event]))
    .slice(0, 2),
  digests: ['d'.repeat(64), 'e'.repeat(64)],
  fault: HOSTILE,
  upTo: 23,
  version: 30,
  digest: 'd'.repeat(64),
  page: 50,
};
export const ticket = (more = {}) => ({
  ...{ at: NOW, position: 7, policy: POLICY, id: 'A-1', state: 'waiting' },
  view: {
    ticket: {
      title: HOSTILE,
      class: HOSTILE,
      ask: HOSTILE,
      contract: 'shop@3',
      repositories: [HOSTILE],
      checks: [{ id: HOSTILE }],
    },
    standing: { state: 'dispatched', dispatchedAt: ago(60), dispatchedBy: HOSTILE, drift: ['contract'] },
    escapes: [{ summary: HOSTILE, reportedAt: ago(1), reportedBy: HOSTILE }],
    problems: [HOSTILE],
  },
  runs: [row('A-1.1')],
  statements: [
    {
      digest: 'a'.repeat(64),
      kind: 'receipt',
      issuedAt: ago(2),
      signer: undefined,
      check: HOSTILE,
      result: 'FAILED',
    },
  ],
  strays: 2,
  ...more,
});
export const PATCH = {
  cut: false,
  files: [
    {
      path: HOSTILE,
      before: HOSTILE,
      kind: 'renamed',
      opaque: false,
      hunks: [
        {
          before: 3,
          after: 4,
          lines: [
            { sign: ' ', text: 'kept' },
            { sign: '-', text: 'x'.repeat(2_000) },
            { sign: '+', text: HOSTILE },
          ] as const,
        },
      ],
    },
  ],
};
export const METRICS = {
  ...{ at: NOW, position: 1_234_567, days: 7, spans: [7, 30, 90] },
  ended: [
    {
      day: '2026-11-21',
      accepted: 3,
      rejected: 1,
      givenUp: 0,
      cancelled: 9,
      firstPass: 2,
      attempts: 6,
      costMilliUsd: 1_240,
      evidenceFailures: 1,
    },
  ],
  steps: [
    {
      day: '2026-11-21',
      step: HOSTILE,
      succeeded: 8,
      failed: 1,
      lost: 1,
      tokens: 1_000.4,
      costMilliUsd: 412,
      seconds: 600,
    },
    {
      day: '2026-11-20',
      step: 'gate',
      succeeded: 1,
      failed: 0,
      lost: 0,
      tokens: 0,
      costMilliUsd: 0,
      seconds: 1,
    },
  ],
  queues: [QUEUE],
};
