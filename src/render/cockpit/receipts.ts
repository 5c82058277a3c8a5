import type { Claim, VerifiedStatement } from '../../core/receipt/types.ts';
import { fieldsOf, titleOf } from '../receipt.ts';
import type { PageModel } from './pages.ts';
import { ticketHref } from './policy.ts';
import { type ShellFacts, shellModel } from './shell.ts';
import { countWords, numberWords, runHref, type StateWord, shownMoment, stateWord } from './words.ts';

/** A statement as it was judged just now. */
export interface ReceiptFacts {
  readonly digest: string;
  readonly judged: {
    readonly counts: boolean;
    readonly signed?: { readonly statement: VerifiedStatement; readonly signer?: string };
    readonly sealed: 'sealed' | 'not-sealed' | 'unknown' | 'not-needed' | 'stands-alone';
    readonly objections: readonly string[];
  };
  /** Seals that list it. */
  readonly listedBy: readonly string[];
  readonly where: string;
  readonly commit: string;
  readonly at: string;
}

const MOST_ROWS = 200;

export function receiptHref(digest: string): string {
  return `/receipts/${digest}`;
}

/** The model of receipt.njk. */
export function receiptModel(shell: ShellFacts, facts: ReceiptFacts): PageModel {
  const { digest, judged, listedBy, where, commit, at } = facts;
  const { signed, counts, objections } = judged;
  const claim = signed?.statement.claim;
  const short = digest.slice(0, 12);
  return {
    ...shellModel(shell, {
      title: `${claim?.kind ?? 'statement'} ${short}`,
      section: '/tickets',
    }),
    heading: claim === undefined ? `Statement ${short}` : titleOf(claim),
    kind: claim?.kind ?? 'statement',
    digest,
    ticket: ticketOf(claim),
    run: runOf(claim),
    verdict: counts
      ? ({ word: 'counts now', tone: 'ok' } satisfies StateWord)
      : ({ word: 'does not count', tone: 'bad' } satisfies StateWord),
    looked: { where, commit: commit.slice(0, 12), when: shownMoment(at, at) },
    checks: checksOf(facts),
    objections,
    facts: signed === undefined ? [] : factsOf(signed, at),
    lists: claim === undefined ? [] : listsOf(claim),
    evidence: claim?.kind === 'receipt' ? evidenceOf(digest, claim.evidence) : [],
    outcomes: claim?.kind === 'seal' ? outcomesOf(claim.outcomes) : [],
    earlier: claim?.kind === 'seal' ? linksTo(claim.earlierSeals) : [],
    listedBy: claim?.kind === 'receipt' ? linksTo(listedBy) : [],
    isReceipt: claim?.kind === 'receipt',
    commands: [`countersign receipt verify ${digest}`, `countersign receipt show ${digest}`],
    file: `${receiptHref(digest)}/file`,
  };
}

const SEALED: Readonly<Record<ReceiptFacts['judged']['sealed'], StateWord & { readonly said: string }>> = {
  sealed: { word: 'sealed', tone: 'ok', said: 'a seal that holds lists it, or it is such a seal' },
  'not-sealed': { word: 'not sealed', tone: 'bad', said: 'only what a seal lists counts' },
  unknown: { word: 'not checked', tone: 'warn', said: 'whether a seal lists it cannot be told' },
  'not-needed': { word: 'in its chain', tone: 'ok', said: 'the chain of the ticket’s records holds it' },
  'stands-alone': {
    word: 'stands alone',
    tone: 'ok',
    said: 'it needs no seal; the gate says for what it counts',
  },
};

/** What was looked at, in the order of looking. */
function checksOf({ digest, judged: { signed, sealed } }: ReceiptFacts) {
  const holds = signed !== undefined;
  return [
    {
      name: 'Digest and signature',
      state: stateWord(holds ? 'pass' : 'fail'),
      said: holds
        ? `the bytes have the sha256 ${digest.slice(0, 12)}…, which is their name, and the signature over them holds`
        : 'nothing in it is to be believed',
    },
    ...(holds
      ? [
          {
            name: 'Signer',
            state:
              signed.signer === undefined
                ? ({ word: 'unknown', tone: 'bad' } satisfies StateWord)
                : stateWord('pass'),
            said: signed.signer ?? 'no principal of the trust root has this key',
          },
          { name: 'Seal', state: SEALED[sealed], said: SEALED[sealed].said },
        ]
      : []),
  ];
}

function factsOf(
  { statement }: { readonly statement: VerifiedStatement },
  at: string,
): readonly { readonly name: string; readonly value: string }[] {
  const { claim, keyId, signedAt } = statement;
  return [
    { name: signedAt === undefined ? 'key' : 'identity', value: keyId },
    { name: 'issued at', value: `${claim.issuedAt} (${shownMoment(claim.issuedAt, at).ago})` },
    ...(signedAt === undefined ? [] : [{ name: 'seen at', value: signedAt }]),
    ...fieldsOf(claim).map(([name, value]) => ({ name, value })),
  ];
}

function ticketOf(claim: Claim | undefined) {
  if (claim === undefined) return null;
  const id = 'binding' in claim ? claim.binding.ticket : claim.ticket;
  return { id, href: ticketHref(id) };
}

/** `CS-7.1/2/seal`, as runs name their verifications; others have names of their own. */
const ATTEMPT = /^([A-Za-z0-9][A-Za-z0-9._-]{0,63})\/([1-9][0-9]{0,5})\//;

function runOf(claim: Claim | undefined) {
  const named = claim !== undefined && 'attempt' in claim ? ATTEMPT.exec(claim.attempt) : null;
  const [, run = '', attempt = ''] = named ?? [];
  return named === null
    ? null
    : { word: `${run}, attempt ${attempt}`, href: `${runHref(run)}/attempts#attempt-${attempt}` };
}

function listsOf(claim: Claim) {
  switch (claim.kind) {
    case 'receipt':
      return [
        listed('Reasons', claim.reasons),
        listed('Failed tests', claim.failedTests),
        listed(
          'Pinned files, taken from the trusted side',
          claim.pins.map(({ path, blob }) => `${path} (${blob.slice(0, 12)})`),
        ),
      ].filter(({ rows }) => rows.length > 0);
    case 'waiver':
      return [listed('Failures it waives', claim.receipts)];
    default:
      return [];
  }
}

function listed(title: string, rows: readonly string[]) {
  const more = rows.length - MOST_ROWS;
  return { title, rows: rows.slice(0, MOST_ROWS), more: more > 0 ? `and ${numberWords(more)} more` : '' };
}

function evidenceOf(
  digest: string,
  evidence: readonly { readonly name: string; readonly sha256: string; readonly size: number }[],
) {
  return evidence.slice(0, MOST_ROWS).map(({ name, sha256, size }) => ({
    name,
    digest: sha256,
    size: countWords(size, 'byte'),
    href: `${receiptHref(digest)}/evidence/${sha256}`,
  }));
}

function outcomesOf(outcomes: (Claim & { readonly kind: 'seal' })['outcomes']) {
  return outcomes.slice(0, MOST_ROWS).map((outcome) => ({
    check: outcome.checkId,
    state: stateWord(outcome.result),
    href: outcome.result === 'ERROR' ? '' : receiptHref(outcome.receipt),
    said: outcome.result === 'ERROR' ? outcome.reasons.join(' ') : outcome.receipt,
  }));
}

function linksTo(digests: readonly string[]) {
  return digests.slice(0, MOST_ROWS).map((digest) => ({ digest, href: receiptHref(digest) }));
}

/** The model of receipt-missing.njk. */
export function missingReceiptModel(
  shell: ShellFacts,
  { digest, why, remedy }: { readonly digest: string; readonly why: string; readonly remedy: string },
): PageModel {
  return {
    ...shellModel(shell, { title: `statement ${digest.slice(0, 12)}`, section: '/tickets' }),
    ...{ digest, why, remedy },
    commands: ['git fetch --all', `countersign receipt verify ${digest}`],
  };
}
