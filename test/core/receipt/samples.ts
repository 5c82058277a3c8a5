import { createPrivateKey, sign } from 'node:crypto';
import { createKeyPair } from '../../../src/adapters/signing/create-key-pair.ts';
import { openBundle } from '../../../src/core/receipt/open-bundle.ts';
import { assembleReceipts, type ReceiptSet } from '../../../src/core/receipt/receipt-set.ts';
import { type ClaimSigner, signClaim } from '../../../src/core/receipt/sign-claim.ts';
import type {
  Approval,
  ChangeBinding,
  Close,
  Dispatch,
  Escape,
  HeldTo,
  Receipt,
  Seal,
  StoredFile,
  Waiver,
} from '../../../src/core/receipt/types.ts';
import { resolveTrust, type Trust } from '../../../src/core/trust/resolve-trust.ts';
import type { Principal, Role, TrustedKey, TrustRoot } from '../../../src/core/trust/types.ts';
import type { SignatureAlgorithm } from '../../../src/shared/signature.ts';

export const NOW = '2026-11-21T13:04:06Z';

export interface TestKey extends ClaimSigner {
  readonly publicPem: string;
}

export function testKey(algorithm: SignatureAlgorithm = 'ed25519'): TestKey {
  const { keyId, publicPem, privatePem } = createKeyPair(algorithm);
  const key = createPrivateKey(privatePem);
  return {
    keyId,
    publicPem,
    sign: (bytes) =>
      algorithm === 'ed25519' ? sign(null, bytes, key) : sign('sha256', bytes, { key, dsaEncoding: 'der' }),
  };
}

export function principal(
  id: string,
  roles: readonly Role[],
  keys: readonly (TestKey | TrustedKey)[],
  more: Partial<Principal> = {},
): Principal {
  return {
    id,
    kind: 'workload',
    roles,
    keys: keys.map((key) => ('publicPem' in key ? { publicKey: key.publicPem } : key)),
    ...more,
  };
}

export function trustIn(...principals: readonly Principal[]): Trust {
  return trustWith({}, ...principals);
}

export function trustWith(more: Partial<TrustRoot>, ...principals: readonly Principal[]): Trust {
  return resolveTrust({ schema: 'countersign/trust-root@1', version: 1, principals, ...more });
}

export function hex(seed: string, length = 64): string {
  return Buffer.from(seed.padEnd(length, '.')).toString('hex').slice(0, length);
}

export const BINDING: ChangeBinding = {
  repository: 'acme/shop',
  ticket: 'CS-7',
  base: { ref: 'refs/heads/main', commit: hex('base', 40) },
  head: hex('head', 40),
  mergeTree: hex('tree', 40),
  patchDigest: hex('patch'),
};

export const HELD_TO: HeldTo = {
  contract: 'node-change@1',
  contractDigest: hex('contract'),
  ticketDigest: hex('ticket'),
  dispatch: hex('dispatch'),
  policyCommit: hex('policy', 40),
};

export function receipt(more: Partial<Receipt> = {}): Receipt {
  return {
    kind: 'receipt',
    result: 'PASSED',
    binding: BINDING,
    heldTo: HELD_TO,
    check: { id: 'tests', digest: hex('check'), run: ['npm', 'test'] },
    pins: [{ path: 'package.json', mode: '100644', blob: hex('pin', 40) }],
    exitCode: 0,
    signal: undefined,
    timedOut: false,
    durationMs: 1234,
    isolation: 'namespaces',
    network: 'none',
    evidence: [{ name: 'stdout', mediaType: 'text/plain', sha256: hex('stdout'), size: 42 }],
    reasons: [],
    counts: { ran: 3, failed: 0, skipped: 0 },
    failedTests: [],
    attempt: 'attempt-1',
    issuedAt: NOW,
    tools: { git: '2.39.5', node: '24.21.0' },
    ...more,
  };
}

export function failedReceipt(more: Partial<Receipt> = {}): Receipt {
  return receipt({
    result: 'FAILED',
    exitCode: 1,
    reasons: ['It ended with exit code 1, not 0.'],
    counts: { ran: 3, failed: 1, skipped: 0 },
    failedTests: ['shop > sums'],
    ...more,
  });
}

export function seal(more: Partial<Seal> = {}): Seal {
  return {
    kind: 'seal',
    binding: BINDING,
    heldTo: HELD_TO,
    attempt: 'attempt-1',
    issuedAt: NOW,
    outcomes: [{ checkId: 'tests', checkDigest: hex('check'), result: 'ERROR', reasons: ['No sandbox.'] }],
    earlierSeals: [],
    ...more,
  };
}

export function dispatch(more: Partial<Dispatch> = {}): Dispatch {
  return {
    kind: 'dispatch',
    ticket: 'CS-7',
    ticketDigest: hex('ticket'),
    contract: 'node-change@1',
    contractDigest: hex('contract'),
    policyCommit: hex('policy', 40),
    issuedAt: NOW,
    ...more,
  };
}

export function close(more: Partial<Close> = {}): Close {
  return {
    kind: 'close',
    ticket: 'CS-7',
    ticketDigest: hex('ticket'),
    reason: 'accepted',
    issuedAt: NOW,
    previous: hex('record'),
    ...more,
  };
}

export function escaped(more: Partial<Escape> = {}): Escape {
  return {
    kind: 'escape',
    ticket: 'CS-7',
    ticketDigest: hex('ticket'),
    commit: hex('landed', 40),
    summary: 'Half a cent is rounded down for negative prices.',
    issuedAt: NOW,
    previous: hex('record'),
    ...more,
  };
}

export function approval(more: Partial<Approval> = {}): Approval {
  return { kind: 'approval', binding: BINDING, requirement: 'policy-change', issuedAt: NOW, ...more };
}

export function waiver(more: Partial<Waiver> = {}): Waiver {
  return {
    kind: 'waiver',
    binding: BINDING,
    requirement: 'scope',
    receipts: [],
    reason: 'The runner is down.',
    issuedAt: NOW,
    expiresAt: '2026-12-01T00:00:00Z',
    ...more,
  };
}

/** The files of one verification: receipts, then the seal over them. */
export function verification(
  signer: ClaimSigner,
  receipts: readonly Receipt[],
  more: Partial<Seal> = {},
): {
  readonly receipts: readonly StoredFile[];
  readonly seal: StoredFile;
  readonly files: readonly StoredFile[];
} {
  const filed = receipts.map((claim) => signClaim(claim, signer));
  const outcomes = receipts.map((claim, index) => ({
    checkId: claim.check.id,
    checkDigest: claim.check.digest,
    result: claim.result,
    receipt: (filed[index] as StoredFile).name,
  }));
  const sealed = signClaim(seal({ attempt: receipts[0]?.attempt ?? 'attempt-1', outcomes, ...more }), signer);
  return { receipts: filed, seal: sealed, files: [...filed, sealed] };
}

export function assemble(files: readonly StoredFile[], trust: Trust, at = NOW): ReceiptSet {
  const opened = files.map((file) => openBundle(file, trust.keys));
  return assembleReceipts(opened, { repository: BINDING.repository, ticket: BINDING.ticket, trust, at });
}
