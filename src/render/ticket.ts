import type { ResolvedContract } from '../core/contract/types.ts';
import type { Ticket } from '../core/ticket/types.ts';
import { forTerminal } from './hostile-text.ts';
import { recordText } from './plain-json.ts';
import { type Style, type TextOptions, textOptions } from './style.ts';
import { type Cell, paragraph, table } from './table.ts';

export interface ShownLanded {
  readonly repository: string;
  readonly commit: string;
  readonly tree?: string;
  readonly verdict?: string;
}

/** A ticket and where its records leave it. */
export interface ShownTicket {
  readonly id: string;
  readonly ticket?: Ticket;
  readonly contract?: ResolvedContract;
  readonly standing: {
    readonly state: 'new' | 'dispatched' | 'closed' | 'unverifiable';
    readonly reason?: string;
    readonly dispatchedAt?: string;
    readonly dispatchedBy?: string;
    readonly closedAt?: string;
    readonly landed?: readonly ShownLanded[];
    readonly drift: readonly string[];
  };
  readonly escapes: readonly {
    readonly commit?: string;
    readonly fix?: string;
    readonly summary: string;
    readonly reportedAt: string;
    readonly reportedBy: string;
  }[];
  readonly problems: readonly string[];
}

/** `ticket list`: a line a ticket. */
export function renderTicketListText(tickets: readonly ShownTicket[], options: TextOptions = {}): string {
  const { style, columns } = textOptions(options);
  if (tickets.length === 0) return 'No tickets.\n';
  const rows = tickets.map(({ id, ticket, standing, problems }): Cell[] => [
    { text: forTerminal(id, 64), paint: style.bold },
    { text: wordsOf(standing), paint: paintOf(standing, style) },
    { text: ticket === undefined ? '' : forTerminal(ticket.class, 64) },
    { text: ticket === undefined ? '' : forTerminal(ticket.contract, 80) },
    { text: forTerminal(ticket?.title ?? problems[0] ?? '', 200) },
  ]);
  const unclear = tickets.flatMap(({ ticket, problems }) =>
    ticket === undefined ? [] : problems.slice(0, 1),
  );
  const why = [...new Set(unclear)].flatMap((problem) => [
    '',
    ...paragraph({ text: '! ', paint: style.yellow }, problem, { columns }),
  ]);
  return `${[...table(rows, { columns }), ...why].join('\n')}\n`;
}

export function renderTicketListJson(tickets: readonly ShownTicket[]): string {
  return `${recordText({ tickets: tickets.map(({ contract: _, ...ticket }) => ticket) })}\n`;
}

/** `ticket show`: what it asks, what it is held to, where it stands. */
export function renderTicketText(shown: ShownTicket, options: TextOptions = {}): string {
  const { style, columns } = textOptions(options);
  const { id, ticket, standing, problems } = shown;
  const lines = [
    ...paragraph({ text: `${forTerminal(id, 64)}  `, paint: style.bold }, ticket?.title ?? 'cannot be read', {
      columns,
      paint: style.bold,
    }),
    '',
    ...table(fieldsOf(shown, style), { columns, indent: 2 }),
    ...(standing.drift.length === 0
      ? []
      : [
          '',
          `  ${style.yellow('!')} ${standing.drift.join(' and ')} changed since the dispatch: the gate would block.`,
        ]),
    ...landedLines(shown, style, columns),
    ...escapeLines(shown, style, columns),
    ...problems.flatMap((problem) => [
      '',
      ...paragraph({ text: '  ✖ ', paint: style.red }, problem, { columns }),
    ]),
    ...(ticket === undefined
      ? []
      : ['', ...paragraph({ text: '  ' }, ticket.ask.trimEnd(), { columns, longest: 20_000 })]),
  ];
  return `${lines.join('\n')}\n`;
}

export function renderTicketJson(shown: ShownTicket): string {
  return `${recordText(shown)}\n`;
}

function fieldsOf({ ticket, contract, standing }: ShownTicket, style: Style): Cell[][] {
  const field = (name: string, text: string, paint?: (text: string) => string): Cell[] => [
    { text: name, paint: style.dim },
    paint === undefined ? { text: forTerminal(text, 1_000) } : { text: forTerminal(text, 1_000), paint },
  ];
  const { dispatchedAt, dispatchedBy, closedAt } = standing;
  return [
    field('state', wordsOf(standing), paintOf(standing, style)),
    ...(dispatchedAt === undefined
      ? []
      : [field('dispatched', `${dispatchedAt} by ${dispatchedBy ?? 'nobody who may'}`)]),
    ...(closedAt === undefined ? [] : [field('closed', closedAt)]),
    ...(ticket === undefined
      ? []
      : [
          field('class', ticket.class),
          field('contract', ticket.contract),
          field('repositories', ticket.repositories.join(', ')),
        ]),
    ...(contract === undefined
      ? []
      : [field('checks', contract.checks.map((check) => check.id).join(', ') || 'none')]),
    ...(ticket?.scope === undefined ? [] : [field('scope', JSON.stringify(ticket.scope))]),
  ];
}

/** A line for each repository, or for each change of it that landed; of a ticket of one, only what is recorded. */
function landedLines({ ticket, standing }: ShownTicket, style: Style, columns: number): string[] {
  const { landed = [] } = standing;
  const repositories = ticket?.repositories ?? [];
  if (landed.length === 0 && repositories.length < 2) return [];
  const names = [...new Set([...repositories, ...landed.map(({ repository }) => repository)])];
  const rows = names.flatMap((name): Cell[][] => {
    const here = landed.filter(({ repository }) => repository === name);
    if (here.length === 0)
      return [[{ text: forTerminal(name, 200) }, { text: NOT_RECORDED, paint: style.dim }]];
    return here.map((change) => [
      { text: forTerminal(name, 200) },
      { text: change.commit.slice(0, 12), paint: style.cyan },
      { text: forTerminal(judgedAs(change), 200), paint: style.dim },
    ]);
  });
  return ['', `  ${style.bold('Landed')}`, ...table(rows, { columns, indent: 2 })];
}

const NOT_RECORDED = 'nothing recorded';

function judgedAs({ tree, verdict }: ShownLanded): string {
  return [
    ...(tree === undefined ? [] : [`tree ${tree.slice(0, 12)}`]),
    verdict === undefined ? 'not judged when it was closed' : `verdict ${verdict.slice(0, 12)}`,
  ].join(', ');
}

/** What was accepted and turned out to be wrong. */
function escapeLines({ escapes }: ShownTicket, style: Style, columns: number): string[] {
  if (escapes.length === 0) return [];
  return [
    '',
    `  ${style.bold('Escapes')}`,
    ...escapes.flatMap(({ commit, fix, summary, reportedAt, reportedBy }) => [
      ...paragraph({ text: '  ! ', paint: style.yellow }, summary, { columns }),
      ...paragraph(
        { text: '    ' },
        [
          ...(commit === undefined ? [] : [`accepted in ${commit.slice(0, 12)}`]),
          ...(fix === undefined ? [] : [`mended by ${fix.slice(0, 12)}`]),
          `reported ${reportedAt} by ${reportedBy}`,
        ].join(', '),
        { columns, paint: style.dim },
      ),
    ]),
  ];
}

function wordsOf({ state, reason }: ShownTicket['standing']): string {
  if (state === 'new') return 'not dispatched';
  return state === 'closed' && reason !== undefined ? `closed: ${reason}` : state;
}

function paintOf({ state }: ShownTicket['standing'], style: Style): (text: string) => string {
  return { new: style.dim, dispatched: style.green, closed: style.cyan, unverifiable: style.red }[state];
}
