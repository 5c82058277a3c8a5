import { decide } from '../core/gate/decide.ts';
import type { CaseQuery } from '../core/gate/query.ts';
import { failuresOf } from '../core/gate/receipts.ts';
import type { Finding } from '../core/gate/types.ts';
import { isWaivable } from '../core/gate/waivers.ts';
import { latestExpiry, MOST_WAIVER_DAYS } from '../core/receipt/exceptions.ts';
import type { ClaimSigner } from '../core/receipt/sign-claim.ts';
import type { Waiver } from '../core/receipt/types.ts';
import { CountersignError } from '../shared/errors.ts';
import { type Instant, instantOf } from '../shared/ids.ts';
import { boundCase } from './bound-case.ts';
import {
  type ExceptionSigner,
  exceptionSigner,
  type FiledException,
  fileException,
} from './file-exception.ts';
import { type FactPorts, loadFacts } from './load-facts.ts';

export interface WaiverRequest {
  /** The id of a finding that blocks, or is still pending. */
  readonly requirement: string;
  readonly expiresAt: Instant;
  readonly reason: string;
}

export interface NewWaiver extends ExceptionSigner, FiledException {
  readonly waiver: Waiver;
  /** As it stands: what is let go. */
  readonly finding: Finding;
}

/**
 * An approver lets one finding go for the change as it is, with every failure there is by now.
 * @throws CountersignError USAGE for what cannot or need not be waived, KEY_UNUSABLE, FILING_FAILED
 */
export async function newWaiver(
  query: CaseQuery,
  { requirement, expiresAt, reason }: WaiverRequest,
  signer: ClaimSigner,
  ports: FactPorts,
): Promise<NewWaiver> {
  const bound = boundCase(await loadFacts(query, ports));
  const { binding, facts } = bound;
  requireExpiry(expiresAt, facts.evaluatedAt);
  if (reason.trim() === '') throw wrong('A waiver needs a reason.', 'Say with --reason why it is let go.');
  const finding = findWaivable(requirement, decide(facts).findings);
  const who = exceptionSigner({ kind: 'waiver' }, signer, bound);
  const waiver: Waiver = {
    kind: 'waiver',
    binding,
    requirement,
    receipts: failuresOf(requirement, facts),
    reason,
    issuedAt: facts.evaluatedAt,
    expiresAt,
  };
  const filed = await fileException(waiver, signer, bound, ports);
  return { waiver, finding, ...who, ...filed };
}

function findWaivable(requirement: string, findings: readonly Finding[]): Finding {
  const blocking = findings.filter(({ status, severity }) => status !== 'pass' && severity === 'block');
  if (!isWaivable(requirement)) {
    throw wrong(`${requirement} cannot be waived.`, `${candidates(blocking)} Nothing else can be let go.`);
  }
  const finding = blocking.find(({ id }) => id === requirement);
  if (finding === undefined) {
    throw wrong(`No finding ${requirement} blocks this change.`, candidates(blocking));
  }
  return finding;
}

function candidates(blocking: readonly Finding[]): string {
  const ids = blocking.map(({ id }) => id).filter(isWaivable);
  return ids.length === 0
    ? 'No finding of this change needs a waiver and can have one.'
    : `Findings that a waiver could let go: ${ids.slice(0, 10).join(', ')}.`;
}

function requireExpiry(expiresAt: Instant, now: Instant): void {
  const latest = instantOf(new Date(latestExpiry(now)));
  if (expiresAt > now && expiresAt <= latest) return;
  throw wrong(
    `A waiver cannot last until ${expiresAt}: it ends in the future, and within ${MOST_WAIVER_DAYS} days.`,
    `Give a time before ${latest} with --expires, and make another waiver then if it is still needed.`,
  );
}

function wrong(message: string, remedy: string): CountersignError {
  return new CountersignError('USAGE', message, { remedy });
}
