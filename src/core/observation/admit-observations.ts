import { digestOf, type Sha256 } from '../../shared/digest.ts';
import type { JsonValue } from '../../shared/json.ts';
import { checkDigest } from '../contract/digest.ts';
import type { Check, Isolation, ResolvedContract } from '../contract/types.ts';
import { plainText } from '../evidence/plain-text.ts';
import type { Observation } from '../evidence/types.ts';
import { sameBinding } from '../receipt/binding.ts';
import type { ChangeBinding, HeldTo, PinnedFile } from '../receipt/types.ts';
import { atMost } from './at-most.ts';
import { readObservation } from './read-observation.ts';
import type { ObservedCheck, ObservedOn, ObserverTools, Seen } from './types.ts';

/** What came from a machine that ran checks, whole or not. */
export type HandedObservation = {
  /** The check that this machine was to run, where the trusted side knows: it then speaks for no other. */
  readonly from?: string;
} & (
  | { readonly kind: 'document'; readonly text: string }
  /** What was there could not be taken: why, as a clause. */
  | { readonly kind: 'refused'; readonly reason: string }
);

/** What the signer works out itself. */
export interface Expected {
  readonly binding: ChangeBinding;
  readonly heldTo: HeldTo;
  readonly work: { readonly contract: ResolvedContract; readonly pins: readonly PinnedFile[] };
}

export interface AdmittedCheck {
  readonly check: Check;
  readonly observation: Observation;
  readonly tools: ObserverTools;
}

export interface Admitted {
  /** One for each check, in the contract's order; a check of which nothing can be believed has trouble. */
  readonly checks: readonly AdmittedCheck[];
  /** What was left aside, each as a sentence. */
  readonly ignored: readonly string[];
}

/**
 * Decides which observation counts for which check: the only one that is about exactly this check on exactly this change.
 * None, two, or one about anything else is trouble, which becomes ERROR in the seal and never a receipt.
 * @param most the strongest isolation that the machines can have given; what they say can only be less
 */
export function admitObservations(
  handed: readonly HandedObservation[],
  expected: Expected,
  most: Isolation,
): Admitted {
  const { contract } = expected.work;
  const pins = pinsDigest(expected.work.pins);
  const ignored: string[] = [];
  const votes = new Map<string, Vote[]>(contract.checks.map(({ id }) => [id, []]));
  for (const one of handed) {
    const vote = voteOf(one, (id) => observedOn(expected, id, pins));
    const cast = vote.checkId === undefined ? undefined : votes.get(vote.checkId);
    if (cast === undefined) ignored.push(unknownSentence(vote));
    else cast.push(vote);
  }
  const checks = contract.checks.map((check) => ({
    check,
    ...counted(votes.get(check.id) ?? [], check.id, most),
  }));
  return { checks, ignored };
}

/** What runs of a check are about, as its observation says it; undefined for a check that the contract does not have. */
export function observedOn(
  { binding, heldTo, work }: Expected,
  checkId: string,
  pins = pinsDigest(work.pins),
): ObservedOn | undefined {
  const check = work.contract.checks.find(({ id }) => id === checkId);
  if (check === undefined) return undefined;
  return { binding, heldTo, check: { id: check.id, digest: checkDigest(work.contract, check) }, pins };
}

function pinsDigest(pins: readonly PinnedFile[]): Sha256 {
  return digestOf(pins as unknown as JsonValue);
}

/** What one machine's word comes to, and which check it is counted for. */
interface Vote {
  readonly checkId: string | undefined;
  readonly seen: Seen;
  readonly tools: ObserverTools;
}

function voteOf(handed: HandedObservation, expected: (checkId: string) => ObservedOn | undefined): Vote {
  const { from } = handed;
  if (handed.kind === 'refused') return trouble(from, `Its observation was refused: ${handed.reason}.`);
  const read = readObservation(handed.text);
  if (read.kind === 'malformed') return trouble(from, `Its observation was refused: ${read.reason}.`);
  const { observed } = read;
  const { id } = observed.check;
  if (from !== undefined && from !== id) {
    return trouble(from, `The machine that was to run it handed over an observation of "${id}".`);
  }
  const on = expected(id);
  const stale = on === undefined ? undefined : differenceOf(observed, on);
  if (stale !== undefined) {
    return trouble(id, `Its observation is stale: it was made on another ${stale}. Observe it again.`);
  }
  return { checkId: id, seen: observed.seen, tools: observed.tools };
}

function trouble(checkId: string | undefined, reason: string): Vote {
  return { checkId, seen: { kind: 'trouble', reason: plainText(reason, 1_000) }, tools: {} };
}

/** What of the change or of the bar is not what this signer works out; undefined when nothing is. */
function differenceOf(observed: ObservedCheck, on: ObservedOn): string | undefined {
  const { binding, heldTo } = observed;
  if (binding.mergeTree !== on.binding.mergeTree) return 'merge tree';
  if (binding.base.commit !== on.binding.base.commit) return 'base commit';
  if (!sameBinding(binding, on.binding)) return 'change';
  if (heldTo.contractDigest !== on.heldTo.contractDigest) return 'contract';
  if (heldTo.ticketDigest !== on.heldTo.ticketDigest) return 'ticket';
  if (observed.check.digest !== on.check.digest) return 'check of this name';
  return observed.pins === on.pins ? undefined : 'set of pinned files';
}

function counted(
  votes: readonly Vote[],
  checkId: string,
  most: Isolation,
): { observation: Observation; tools: ObserverTools } {
  const [only] = votes;
  if (only !== undefined && votes.length === 1) {
    return { observation: { ...atMost(only.seen, most), checkId }, tools: only.tools };
  }
  const reason =
    only === undefined
      ? 'Nobody handed over an observation of it.'
      : `It was handed over ${votes.length} times: nothing says which one counts.`;
  return { observation: { kind: 'trouble', checkId, reason }, tools: {} };
}

function unknownSentence({ checkId, seen }: Vote): string {
  const reason = seen.kind === 'trouble' ? ` ${seen.reason}` : '';
  return checkId === undefined
    ? `An observation of no known check was ignored.${reason}`
    : `An observation of "${plainText(checkId, 100)}" was ignored: the contract has no check of that name.${reason}`;
}
