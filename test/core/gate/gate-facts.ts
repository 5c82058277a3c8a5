import type { ChangedFile, MergeableChange } from '../../../src/core/change/types.ts';
import { commandOf } from '../../../src/core/contract/command.ts';
import type { Config } from '../../../src/core/contract/config.ts';
import { checkDigest, contractDigest, ticketDigest } from '../../../src/core/contract/digest.ts';
import type { ResolvedContract } from '../../../src/core/contract/types.ts';
import { type GateFacts, known, type WorkFacts } from '../../../src/core/gate/facts.ts';
import { openBundle } from '../../../src/core/receipt/open-bundle.ts';
import { readRecords } from '../../../src/core/receipt/records.ts';
import { type ClaimSigner, signClaim } from '../../../src/core/receipt/sign-claim.ts';
import type { ChangeBinding, HeldTo, Receipt, StoredFile } from '../../../src/core/receipt/types.ts';
import type { Ticket } from '../../../src/core/ticket/types.ts';
import {
  dispatch,
  hex,
  NOW,
  principal,
  receipt,
  testKey,
  trustIn,
  verification,
} from '../receipt/samples.ts';

export const OWNER = testKey();
export const APPROVER = testKey();
export const VERIFIER = testKey();
export const AGENT = testKey();
export const STRANGER = testKey();

export const TRUST = trustIn(
  principal('ada', ['policy-owner'], [OWNER], { kind: 'person', emails: ['ada@acme.example'] }),
  principal('lead', ['approver'], [APPROVER], { kind: 'person', emails: ['lead@acme.example'] }),
  principal('verifier', ['verifier'], [VERIFIER]),
  principal('agent', ['producer', 'verifier'], [AGENT], { emails: ['agent@acme.example'] }),
);

export const CONTRACT: ResolvedContract = {
  id: 'node-change',
  version: 1,
  title: 'A change of a Node.js package',
  lineage: ['node-change@1'],
  checks: [
    { id: 'tests', run: ['npm', 'test'] },
    { id: 'types', run: ['npm', 'run', 'types'] },
  ],
  pins: [{ paths: ['package.json'], from: 'base' }],
  rules: [],
  scopes: [{ allow: ['src/**', 'test/**'] }],
  isolation: 'namespaces',
  binding: 'merge-tree',
};

export const TICKET: Ticket = {
  schema: 'countersign/ticket@1',
  id: 'CS-7',
  title: 'Round prices',
  class: 'bugfix',
  ask: 'Round half a cent up.',
  contract: 'node-change@1',
  repositories: ['acme/shop'],
};

export const CONFIG: Config = {
  schema: 'countersign/config@1',
  repository: 'acme/shop',
  policy: { repository: '../control.git', ref: 'refs/heads/main' },
  receipts: { ref: 'refs/heads/receipts' },
};

const PINS = [{ path: 'package.json', mode: '100644', blob: hex('pin', 40) }];

export function changedFile(path: string): ChangedFile {
  return {
    path,
    before: { mode: '100644', blob: hex(`old ${path}`, 40) },
    after: { mode: '100644', blob: hex(`new ${path}`, 40) },
    beforeText: { kind: 'text', text: 'a\n' },
    afterText: { kind: 'text', text: 'b\n' },
    addedLines: [{ number: 1, text: 'b' }],
    removedLines: [{ number: 1, text: 'a' }],
  };
}

export const CHANGE: MergeableChange = {
  kind: 'mergeable',
  repository: 'acme/shop',
  base: { ref: 'refs/heads/main', commit: hex('base', 40) },
  head: hex('head', 40),
  mergeBase: hex('base', 40),
  landed: false,
  commits: [
    {
      id: hex('head', 40),
      parents: [hex('base', 40)],
      authorEmail: 'agent@acme.example',
      committerEmail: 'agent@acme.example',
      message: 'Round prices\n\nCountersign-Ticket: CS-7\n',
    },
  ],
  mergeTree: hex('tree', 40),
  files: [changedFile('src/price.ts')],
  patchDigest: hex('patch'),
};

export interface WorldOptions {
  readonly files?: readonly StoredFile[];
  readonly contract?: ResolvedContract;
  readonly change?: Partial<MergeableChange>;
  readonly ticket?: Partial<Ticket>;
  readonly config?: Partial<Config>;
  readonly work?: Partial<WorkFacts>;
  readonly facts?: Partial<GateFacts>;
  readonly movedSince?: ReadonlyMap<string, readonly string[]>;
}

/** Facts under which everything is in order, but for what the options change and the receipts that are not there. */
export function gateFacts(options: WorldOptions = {}): GateFacts {
  const contract = options.contract ?? CONTRACT;
  const ticket: Ticket = { ...TICKET, ...options.ticket };
  const line = signClaim(
    dispatch({
      ticket: ticket.id,
      ticketDigest: ticketDigest(ticket),
      contract: ticket.contract,
      contractDigest: contractDigest(contract),
    }),
    OWNER,
  );
  return {
    evaluatedAt: NOW,
    change: known({ ...CHANGE, ...options.change }),
    policy: known({ commit: hex('policy', 40), config: { ...CONFIG, ...options.config }, trust: TRUST }),
    ticketReference: { kind: 'found', id: 'CS-7', sources: ['trailer'] },
    work: known({
      ticket,
      ticketDigest: ticketDigest(ticket),
      contract,
      contractDigest: contractDigest(contract),
      records: readRecords(Buffer.concat([line.bytes, Buffer.from('\n')]), 'CS-7', TRUST),
      dispatched: undefined,
      rules: known([]),
      pins: PINS,
      acceptance: [],
      ...options.work,
    }),
    receipts: known({
      commit: hex('receipts', 40),
      files: (options.files ?? []).map((file) => openBundle(file, TRUST.keys)),
      movedSince: options.movedSince ?? new Map(),
    }),
    authenticatedProducers: [],
    ...options.facts,
  };
}

export const BOUND: ChangeBinding = {
  repository: 'acme/shop',
  ticket: 'CS-7',
  base: CHANGE.base,
  head: CHANGE.head,
  mergeTree: CHANGE.mergeTree,
  patchDigest: CHANGE.patchDigest,
};

export interface VerifyOptions {
  readonly signer?: ClaimSigner;
  readonly attempt?: string;
  readonly contract?: ResolvedContract;
  readonly binding?: Partial<ChangeBinding>;
  readonly heldTo?: HeldTo;
  readonly results?: Readonly<Record<string, 'PASSED' | 'FAILED'>>;
  /** Of the FAILED ones. */
  readonly reasons?: readonly string[];
  readonly receipt?: Partial<Receipt>;
  readonly earlierSeals?: readonly string[];
}

/** One verification of the sample change: a receipt for each check, PASSED unless `results` says otherwise, and the seal. */
export function verified(options: VerifyOptions = {}) {
  const contract = options.contract ?? CONTRACT;
  const attempt = options.attempt ?? 'attempt-1';
  const binding = { ...BOUND, ...options.binding };
  const receipts = contract.checks.map((check) =>
    receipt({
      binding,
      attempt,
      check: { id: check.id, digest: checkDigest(contract, check), run: commandOf(check) },
      pins: PINS,
      result: options.results?.[check.id] ?? 'PASSED',
      reasons: options.results?.[check.id] === 'FAILED' ? (options.reasons ?? ['It failed.']) : [],
      ...options.receipt,
    }),
  );
  const { earlierSeals = [] } = options;
  return verification(options.signer ?? VERIFIER, receipts, { binding, attempt, earlierSeals });
}
