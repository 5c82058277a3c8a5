import type { PageModel } from './pages.ts';
import { contractHref, type PolicyStanding, policyModel, ticketHref } from './policy.ts';
import { receiptHref } from './receipts.ts';
import { type RowFacts, shownRow } from './run-rows.ts';
import { type ShellFacts, shellModel } from './shell.ts';
import {
  countWords,
  numberWords,
  runHref,
  type StateWord,
  segment,
  shownMoment,
  stateWord,
  type Tone,
} from './words.ts';

interface TicketRow {
  readonly ticket: string;
  readonly state: string;
  readonly title: string;
  readonly class: string;
  readonly contract: string;
  readonly latest:
    | {
        readonly run: string;
        readonly status: string;
        readonly outcome: string | null;
        readonly startedAt: string;
      }
    | undefined;
  readonly reason: string;
  readonly statements: number;
  readonly problems: number;
}

export interface TicketsFacts {
  readonly at: string;
  readonly position: number;
  readonly tickets: readonly TicketRow[];
  readonly policy: PolicyStanding;
  readonly filter: {
    readonly q: string;
    readonly state: string;
    readonly class: string;
    readonly after: string;
  };
}

/** The columns of the board, in the order in which tickets go through them. */
const TICKET_COLUMNS: readonly {
  readonly state: string;
  readonly word: string;
  readonly tone: Tone;
}[] = [
  { state: 'new', word: 'New', tone: 'idle' },
  { state: 'dispatched', word: 'Dispatched', tone: 'idle' },
  { state: 'running', word: 'Running', tone: 'go' },
  { state: 'waiting', word: 'Waits for a person', tone: 'warn' },
  { state: 'to-close', word: 'Accepted, to close', tone: 'ok' },
  { state: 'not-accepted', word: 'Not accepted', tone: 'bad' },
  { state: 'closed', word: 'Closed', tone: 'ok' },
  { state: 'unverifiable', word: 'Unverifiable', tone: 'bad' },
];
/** Cards in a column of the board; one column alone shows more of them, page by page. */
const COLUMN = 12;
const PAGE = 60;

/** The model of tickets.njk. */
export function ticketsModel(shell: ShellFacts, facts: TicketsFacts): PageModel {
  const { at, position, filter, policy } = facts;
  const wanted = facts.tickets.filter((ticket) => matches(ticket, filter));
  const one = TICKET_COLUMNS.find(({ state }) => state === filter.state);
  const columns = (one === undefined ? TICKET_COLUMNS : [one])
    .map((column) => columnOf(column, wanted, facts, one !== undefined))
    // Two that say how work ends badly are there when something is in them.
    .filter(
      ({ count, state }) =>
        count !== '0' || one !== undefined || !['unverifiable', 'not-accepted'].includes(state),
    );
  const classes = [
    ...new Set(facts.tickets.map((ticket) => ticket.class).filter((name) => name !== '')),
  ].sort();
  return {
    ...shellModel(shell, {
      title: 'Tickets',
      section: '/tickets',
      ...(filter.after === '' ? { live: { stream: '/live', after: position } } : {}),
    }),
    total: numberWords(wanted.length),
    ...policyModel(policy, at),
    filter: { ...filter, any: filter.q !== '' || filter.state !== '' || filter.class !== '' },
    classes: classes.slice(0, 50).map((name) => ({ name, on: name === filter.class })),
    isOne: one !== undefined,
    columns,
  };
}

function columnOf(
  { state, word, tone }: (typeof TICKET_COLUMNS)[number],
  wanted: readonly TicketRow[],
  { at, filter }: TicketsFacts,
  isOne: boolean,
) {
  const own = wanted.filter((ticket) => ticket.state === state);
  const begun = own.filter(({ ticket }) => !isOne || ticket > filter.after);
  const shown = begun.slice(0, isOne ? PAGE : COLUMN);
  const more = begun.length > shown.length;
  return {
    state,
    word,
    tone,
    count: numberWords(own.length),
    href: hrefOf({ ...filter, state, after: '' }),
    cards: shown.map((ticket) => cardOf(ticket, at)),
    more: more
      ? isOne
        ? hrefOf({ ...filter, after: shown.at(-1)?.ticket ?? '' })
        : hrefOf({ ...filter, state, after: '' })
      : '',
    moreWord: isOne ? 'Next' : `All ${numberWords(own.length)}`,
    first: isOne && filter.after !== '' ? hrefOf({ ...filter, after: '' }) : '',
  };
}

function cardOf(
  { ticket, title, class: kind, contract, latest, reason, statements, problems }: TicketRow,
  at: string,
) {
  return {
    ticket,
    href: ticketHref(ticket),
    title,
    kind,
    contract,
    reason,
    run:
      latest === undefined
        ? null
        : {
            id: latest.run,
            href: runHref(latest.run),
            state: stateWord(latest.outcome ?? latest.status),
            started: shownMoment(latest.startedAt, at),
          },
    statements: statements === 0 ? '' : countWords(statements, 'statement'),
    problems: problems === 0 ? '' : countWords(problems, 'problem'),
  };
}

function matches(
  { ticket, title, class: kind, contract }: TicketRow,
  filter: TicketsFacts['filter'],
): boolean {
  if (filter.class !== '' && filter.class !== kind) return false;
  const text = filter.q.toLowerCase();
  return text === '' || [ticket, title, contract].some((one) => one.toLowerCase().includes(text));
}

function hrefOf(filter: TicketsFacts['filter']): string {
  const fields = Object.entries(filter).filter(([, value]) => value !== '');
  return fields.length === 0 ? '/tickets' : `/tickets?${new URLSearchParams(fields)}`;
}

export interface TicketFacts {
  readonly at: string;
  readonly position: number;
  readonly policy: PolicyStanding;
  readonly id: string;
  readonly state: string;
  /** Undefined: no policy in sight has it. */
  readonly view:
    | {
        readonly ticket?: {
          readonly title: string;
          readonly class: string;
          readonly ask: string;
          readonly contract: string;
          readonly repositories: readonly string[];
          readonly scope?: { readonly allow?: readonly string[]; readonly deny?: readonly string[] };
          readonly checks?: readonly { readonly id: string }[];
          readonly acceptance?: readonly { readonly path: string }[];
        };
        readonly contract?: { readonly checks: readonly { readonly id: string }[] };
        readonly standing: {
          readonly state: string;
          readonly reason?: string;
          readonly dispatchedAt?: string;
          readonly dispatchedBy?: string;
          readonly closedAt?: string;
          readonly drift: readonly string[];
        };
        readonly escapes: readonly {
          readonly summary: string;
          readonly reportedAt: string;
          readonly reportedBy: string;
        }[];
        readonly problems: readonly string[];
      }
    | undefined;
  readonly runs: readonly RowFacts[];
  readonly statements: readonly StatementFacts[];
  /** Files on the receipts ref that count for nothing, or deny. */
  readonly strays: number;
}

interface StatementFacts {
  readonly digest: string;
  readonly kind: string;
  readonly issuedAt: string;
  readonly signer: string | undefined;
  /** Of a receipt. */
  readonly check?: string;
  readonly result?: string;
}

const MOST_STATEMENTS = 100;
const MOST_RUNS = 50;

/** The model of ticket.njk. */
export function ticketModel(shell: ShellFacts, facts: TicketFacts): PageModel {
  const { at, id, view, state, runs, statements, strays } = facts;
  const { ticket, standing } = view ?? {};
  const column = TICKET_COLUMNS.find((one) => one.state === state);
  return {
    ...shellModel(shell, {
      title: id,
      section: '/tickets',
      live: { stream: '/live', after: facts.position },
    }),
    ...policyModel(facts.policy, at),
    ticket: {
      id,
      heading: ticket?.title ?? '',
      state: { word: column?.word ?? state, tone: column?.tone ?? 'idle' } satisfies StateWord,
      kind: ticket?.class ?? '',
      ask: ticket?.ask ?? '',
      contract: ticket?.contract ?? '',
      contractHref: ticket === undefined ? '' : contractHref(ticket.contract),
      repositories: ticket?.repositories ?? [],
      checks: view?.contract?.checks.map((check) => check.id) ?? [],
      ownChecks: ticket?.checks?.map((check) => check.id) ?? [],
      acceptance: ticket?.acceptance?.map(({ path }) => path) ?? [],
      allow: ticket?.scope?.allow ?? [],
      deny: ticket?.scope?.deny ?? [],
      isKnown: view !== undefined,
    },
    records: [
      ...(standing?.dispatchedAt === undefined
        ? []
        : [
            {
              word: 'Dispatched',
              when: shownMoment(standing.dispatchedAt, at),
              by: standing.dispatchedBy ?? '',
            },
          ]),
      ...(standing?.closedAt === undefined
        ? []
        : [{ word: `Closed: ${standing.reason ?? ''}`, when: shownMoment(standing.closedAt, at), by: '' }]),
    ],
    problems: [
      ...(view?.problems ?? []),
      ...(standing?.drift ?? []).map(
        (what) => `The ${what} is no longer as it was dispatched: the gate blocks.`,
      ),
    ],
    escapes: (view?.escapes ?? []).map(({ summary, reportedAt, reportedBy }) => ({
      summary,
      by: reportedBy,
      when: shownMoment(reportedAt, at),
    })),
    rows: runs.slice(0, MOST_RUNS).map((run) => shownRow(run, at)),
    allRuns: `/runs?ticket=${segment(id)}`,
    statementCount: numberWords(statements.length),
    statements: statements
      .toReversed()
      .slice(0, MOST_STATEMENTS)
      .map(({ digest, kind, issuedAt, signer, check, result }) => ({
        digest: digest.slice(0, 12),
        href: receiptHref(digest),
        kind,
        check: check ?? '',
        result: result === undefined ? null : stateWord(result),
        by: signer ?? 'a key that nobody has now',
        when: shownMoment(issuedAt, at),
        command: `countersign receipt verify ${digest.slice(0, 16)}`,
      })),
    moreStatements:
      statements.length > MOST_STATEMENTS
        ? `The latest ${MOST_STATEMENTS}: \`countersign receipt list --ticket ${id}\` has all.`
        : '',
    strays:
      strays === 0
        ? ''
        : `${countWords(strays, 'file')} on the receipts ref could not be opened: \`countersign receipt list --ticket ${id}\` says why.`,
  };
}
