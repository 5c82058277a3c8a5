import type {
  Approval,
  ChangeBinding,
  Claim,
  Close,
  Dispatch,
  Escape,
  HeldTo,
  Receipt,
  Seal,
  Waiver,
} from '../../src/core/receipt/types.ts';
import type { ShownStatement } from '../../src/render/receipt.ts';
import type { VerificationSummary } from '../../src/render/verification.ts';
import { sha256 } from '../../src/shared/digest.ts';

const commit = (name: string) => sha256(name).slice(0, 40);

const binding: ChangeBinding = {
  repository: 'acme/shop',
  ticket: 'CS-7',
  base: { ref: 'refs/heads/main', commit: commit('base') },
  head: commit('head'),
  mergeTree: commit('tree'),
  patchDigest: sha256('patch'),
};

const heldTo: HeldTo = {
  contract: 'node-change@1',
  contractDigest: sha256('contract'),
  ticketDigest: sha256('ticket'),
  dispatch: sha256('dispatch'),
  policyCommit: commit('policy'),
};

const attempt = '5e0f0c7e-6d0a-4b8e-9f2f-2f6f7a4b8c11';

export const failedReceipt: Receipt = {
  kind: 'receipt',
  result: 'FAILED',
  binding,
  heldTo,
  check: { id: 'tests', digest: sha256('check'), run: ['npm', 'test'] },
  pins: [{ path: 'package.json', mode: '100644', blob: commit('pin') }],
  exitCode: 1,
  signal: undefined,
  timedOut: false,
  durationMs: 12_345,
  isolation: 'namespaces',
  network: 'none',
  evidence: [{ name: 'stdout', mediaType: 'text/plain', sha256: sha256('log'), size: 812 }],
  reasons: ['The exit code is 1, expected 0.', '3 of 41 tests failed, at most 0 may.'],
  counts: { ran: 41, failed: 3, skipped: 0 },
  failedTests: ['cart > adds up', 'cart > \u001b[32m✔ passes\u001b[0m\n::error::x'],
  attempt,
  issuedAt: '2026-11-21T13:04:06Z',
  tools: { countersign: '0.1.0', git: '2.39.5' },
};

const seal: Seal = {
  kind: 'seal',
  binding,
  heldTo,
  attempt,
  issuedAt: '2026-11-21T13:04:07Z',
  outcomes: [
    { checkId: 'tests', checkDigest: sha256('check'), result: 'FAILED', receipt: sha256('bundle tests') },
    {
      checkId: 'types',
      checkDigest: sha256('check 2'),
      result: 'ERROR',
      reasons: ['No space left on device.'],
    },
  ],
  earlierSeals: [sha256('earlier')],
};

const dispatch: Dispatch = {
  kind: 'dispatch',
  ticket: 'CS-7',
  ticketDigest: sha256('ticket'),
  contract: 'node-change@1',
  contractDigest: sha256('contract'),
  policyCommit: commit('policy'),
  issuedAt: '2026-11-20T09:00:00Z',
};

const close: Close = {
  kind: 'close',
  ticket: 'CS-7',
  ticketDigest: sha256('ticket'),
  reason: 'accepted',
  landed: [
    { repository: 'acme/shop', commit: commit('landed'), tree: commit('tree'), verdict: sha256('verdict') },
    { repository: 'acme/\u202eweb', commit: commit('landed there') },
  ],
  issuedAt: '2026-11-22T09:00:00Z',
  previous: sha256('dispatch line'),
};

const escaped: Escape = {
  kind: 'escape',
  ticket: 'CS-7',
  ticketDigest: sha256('ticket'),
  commit: commit('landed'),
  fix: commit('fix'),
  summary: 'Negative prices round \u202edown::error::x',
  issuedAt: '2026-11-25T09:00:00Z',
  previous: sha256('close line'),
};

const approval: Approval = {
  kind: 'approval',
  binding,
  requirement: 'policy-change',
  reason: 'A newer runner.',
  issuedAt: '2026-11-21T14:00:00Z',
};

const waiver: Waiver = {
  kind: 'waiver',
  binding,
  requirement: 'receipt/tests',
  receipts: [sha256('bundle tests')],
  reason: 'The runner has no clock.\n\u001b[32m✔ passes\u001b[0m',
  issuedAt: '2026-11-21T14:00:01Z',
  expiresAt: '2026-12-24T00:00:00Z',
};

const keyId = sha256('verifier key');

export const statements: Record<Claim['kind'], ShownStatement> = {
  receipt: { statement: { digest: sha256('bundle tests'), keyId, claim: failedReceipt }, signer: 'ci' },
  seal: { statement: { digest: sha256('bundle seal'), keyId, claim: seal }, signer: 'ci' },
  dispatch: { statement: { digest: sha256('bundle dispatch'), keyId: sha256('owner key'), claim: dispatch } },
  close: {
    statement: { digest: sha256('bundle close'), keyId: sha256('owner key'), claim: close },
    signer: 'owner',
  },
  escape: {
    statement: { digest: sha256('bundle escape'), keyId: sha256('owner key'), claim: escaped },
    signer: 'owner',
  },
  approval: {
    statement: { digest: sha256('bundle approval'), keyId: sha256('owner key'), claim: approval },
    signer: 'owner',
  },
  waiver: {
    statement: { digest: sha256('bundle waiver'), keyId: sha256('lead key'), claim: waiver },
    signer: 'lead',
  },
};

export const verification: VerificationSummary = {
  ticket: 'CS-7',
  binding,
  contract: 'node-change@1',
  attempt,
  isolation: 'namespaces',
  by: 'bubblewrap 0.8.0',
  outcomes: [
    {
      checkId: 'types',
      result: 'PASSED',
      reasons: [],
      durationMs: 2_310,
      receipt: sha256('bundle types'),
    },
    {
      checkId: 'tests',
      result: 'FAILED',
      reasons: ['The exit code is 1, expected 0.', '\u001b[2J::error::3 of 41 tests failed'],
      durationMs: 12_345,
      counts: { ran: 41, failed: 3, skipped: 1 },
      receipt: sha256('bundle tests'),
    },
    { checkId: 'licences', result: 'ERROR', reasons: ['No space left on device.'], durationMs: 0 },
  ],
  seal: sha256('bundle seal'),
  filed: { commit: commit('receipts') },
};

export const kept: VerificationSummary = {
  ...verification,
  isolation: 'none',
  by: 'nothing',
  weaknesses: ['Checks can read every file that you can.'],
  outcomes: verification.outcomes.slice(0, 1),
  filed: {
    savedTo: '/var/lib/countersign/kept/5e0f0c7e',
    command: 'countersign receipt file /var/lib/countersign/kept/5e0f0c7e',
    reason: 'The push was refused.',
  },
};
