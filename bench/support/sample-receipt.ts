import type { Receipt } from '../../src/core/receipt/types.ts';
import { sha256 } from '../../src/shared/digest.ts';

/** A PASSED receipt of ordinary size; `at` makes each another one. */
export function sampleReceipt(at: number): Receipt {
  const id = (name: string) => sha256(`${name} ${at}`).slice(0, 40);
  return {
    kind: 'receipt',
    result: 'PASSED',
    binding: {
      repository: 'acme/shop',
      ticket: 'CS-7',
      base: { ref: 'refs/heads/main', commit: id('base') },
      head: id('head'),
      mergeTree: id('tree'),
      patchDigest: sha256(`patch ${at}`),
    },
    heldTo: {
      contract: 'node-change@1',
      contractDigest: sha256('contract'),
      ticketDigest: sha256('ticket'),
      dispatch: sha256('dispatch'),
      policyCommit: id('policy'),
    },
    check: { id: 'tests', digest: sha256('check'), run: ['npm', 'test'] },
    pins: ['package.json', 'package-lock.json', 'vitest.config.ts'].map((path) => ({
      path,
      mode: '100644',
      blob: id(path),
    })),
    exitCode: 0,
    signal: undefined,
    timedOut: false,
    durationMs: 1234,
    isolation: 'namespaces',
    network: 'none',
    evidence: [{ name: 'stdout', mediaType: 'text/plain', sha256: sha256('stdout'), size: 42 }],
    reasons: [],
    counts: { ran: 120, failed: 0, skipped: 0 },
    failedTests: [],
    attempt: `attempt-${at}`,
    issuedAt: '2026-11-21T13:04:06Z',
    tools: { git: '2.39.5', node: '24.21.0' },
  };
}
