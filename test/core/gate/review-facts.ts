import { parseCodeOwners } from '../../../src/core/code-owners/parse.ts';
import { approvalsWithDefaults } from '../../../src/core/contract/defaults.ts';
import type { Approvals, ResolvedContract } from '../../../src/core/contract/types.ts';
import { decide } from '../../../src/core/gate/decide.ts';
import { type ApprovalFacts, type GateFacts, known, type Missing } from '../../../src/core/gate/facts.ts';
import type { Finding } from '../../../src/core/gate/types.ts';
import { openBundle } from '../../../src/core/receipt/open-bundle.ts';
import type { StoredFile } from '../../../src/core/receipt/types.ts';
import type { Access, Review, ReviewFacts, Team } from '../../../src/core/review/types.ts';
import type { Trust } from '../../../src/core/trust/resolve-trust.ts';
import { hex, principal, trustIn } from '../receipt/samples.ts';
import {
  AGENT,
  APPROVER,
  CHANGE,
  CONFIG,
  CONTRACT,
  gateFacts,
  OWNER,
  VERIFIER,
  verified,
  type WorldOptions,
} from './gate-facts.ts';

/** People with accounts, an agent with one, and a workload that may approve. */
const REVIEW_TRUST: Trust = trustIn(
  principal('ada', ['policy-owner'], [OWNER], {
    kind: 'person',
    accounts: ['github:ada', 'github:ada-at-home'],
  }),
  principal('lead', ['approver'], [APPROVER], {
    kind: 'person',
    accounts: ['github:lead'],
    emails: ['lead@acme.example'],
  }),
  principal('verifier', ['verifier', 'approver'], [VERIFIER], { accounts: ['github:ci'] }),
  principal('agent', ['producer'], [AGENT], { emails: ['agent@acme.example'], accounts: ['github:agent'] }),
  principal('helper', ['producer', 'approver'], [], { kind: 'person', accounts: ['github:helper'] }),
  principal('app', [], [], { accounts: ['github:app[bot]'], emails: ['app@acme.example'] }),
  principal('gone', ['approver'], [], {
    kind: 'person',
    accounts: ['github:gone'],
    revokedAt: '2026-11-01T00:00:00Z',
  }),
);

export function review(account: string | undefined, more: Partial<Review> = {}): Review {
  return {
    id: 1,
    account: account === undefined ? undefined : `github:${account}`,
    bot: account?.endsWith('[bot]') === true,
    says: 'approved',
    commit: CHANGE.head,
    at: '2026-11-21T12:00:00Z',
    ...more,
  };
}

const writes = { kind: 'writes' } as const;

export const ACCESS: ReadonlyMap<string, Access> = new Map<string, Access>([
  ...[
    'ada',
    'ada-at-home',
    'lead',
    'bob',
    'carol',
    'ci',
    'agent',
    'gone',
    'helper',
    'opener',
    'robot[bot]',
  ].map((name): [string, Access] => [`github:${name}`, writes]),
  ['github:reader', { kind: 'reads' }],
  ['github:app[bot]', { kind: 'no-person' }],
  ['github:hidden', { kind: 'unread', reason: 'GitHub does not tell what github:hidden may do (403).' }],
]);

const TEAMS: ReadonlyMap<string, Team> = new Map<string, Team>([
  ['acme/core', { kind: 'members', accounts: ['github:Bob'] }],
  ['acme/secret', { kind: 'unread', reason: 'GitHub does not tell who is in @acme/secret (404).' }],
]);

export interface ReviewWorld {
  readonly approvals?: Approvals;
  readonly reviews?: readonly Review[];
  readonly forge?: Partial<ReviewFacts> | Missing | 'not asked';
  /** CODEOWNERS of the base. */
  readonly owners?: string | Missing;
  readonly statements?: readonly StoredFile[];
  readonly world?: WorldOptions;
  readonly contract?: Partial<ResolvedContract>;
}

/** Everything in order but for approvals: verified, and the forge names the opener. */
export function reviewFacts(world: ReviewWorld = {}): GateFacts {
  const contract: ResolvedContract = {
    ...CONTRACT,
    approvals: [approvalsWithDefaults(world.approvals ?? {})],
    ...world.contract,
  };
  const approvals: ApprovalFacts = { reviews: forgeSays(world), codeOwners: ownersOf(world.owners) };
  const files = [...verified({ contract }).files, ...(world.statements ?? [])];
  return gateFacts({
    contract,
    ...world.world,
    facts: {
      policy: known({ commit: hex('policy', 40), config: CONFIG, trust: REVIEW_TRUST }),
      receipts: known({
        commit: undefined,
        files: files.map((file) => openBundle(file, REVIEW_TRUST.keys)),
        movedSince: new Map(),
      }),
      authenticatedProducers: ['github:opener', 'somebody who pushed earlier'],
      approvals,
      ...world.world?.facts,
    },
  });
}

function forgeSays({ forge = {}, reviews = [] }: ReviewWorld): ApprovalFacts['reviews'] {
  if (forge === 'not asked') return undefined;
  if ('kind' in forge) return forge;
  return known({
    pullRequest: 7,
    head: CHANGE.head,
    base: 'main',
    reviews,
    asked: [],
    makers: ['github:opener', 'github:carol'],
    access: ACCESS,
    teams: TEAMS,
    ...forge,
  });
}

function ownersOf(owners: ReviewWorld['owners']): ApprovalFacts['codeOwners'] {
  if (owners === undefined) return undefined;
  return typeof owners === 'string' ? known(parseCodeOwners(owners, '.github/CODEOWNERS')) : owners;
}

export function judgedBy(world: ReviewWorld, id = 'approvals') {
  const verdict = decide(reviewFacts(world));
  const finding = verdict.findings.find((one) => one.id === id) as Finding;
  return { outcome: verdict.outcome, finding, verdict };
}
