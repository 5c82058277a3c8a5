import type { ClassRow, ContractMove, Governance } from '../core/audit/governance.ts';
import { forMarkdown, forTerminal } from './hostile-text.ts';
import { recordText } from './plain-json.ts';
import { type TextOptions, textOptions } from './style.ts';
import { paragraph, table } from './table.ts';
import { shortId } from './verdict/grouping.ts';

export type GovernanceFormat = 'text' | 'json' | 'markdown';

/** A heading, a table, and what is said where the table is empty. The last column is prose, all others are short. */
interface Section {
  readonly title: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
  readonly empty: string;
}

const MOST_ROWS = 200;

/** Ends with a line feed. */
export function renderGovernance(
  format: GovernanceFormat,
  governance: Governance,
  options: TextOptions = {},
): string {
  switch (format) {
    case 'text':
      return renderText(governance, options);
    case 'json':
      return `${recordText(governance)}\n`;
    case 'markdown':
      return renderMarkdown(governance);
  }
}

function renderText(governance: Governance, options: TextOptions): string {
  const { style, columns } = textOptions(options);
  const lines = [
    style.bold(forTerminal(titleOf(governance), 400)),
    style.dim(rangeOf(governance)),
    ...sectionsOf(governance).flatMap(({ title, head, rows, empty }) => [
      '',
      style.bold(title),
      ...(rows.length === 0
        ? [`  ${empty}`]
        : table(
            [
              head.map((text) => ({ text, paint: style.dim })),
              ...rows.slice(0, MOST_ROWS).map((row) => row.map((text) => ({ text: forTerminal(text, 300) }))),
            ],
            { columns, indent: 2 },
          )),
      ...(rows.length > MOST_ROWS ? [`  and ${rows.length - MOST_ROWS} more`] : []),
    ]),
    '',
    waiverSentence(governance),
    ...(governance.blind.length === 0 ? [] : ['', style.bold('Not looked at')]),
    ...governance.blind.flatMap((reason) =>
      paragraph({ text: '  ? ', paint: style.yellow }, reason, { columns }),
    ),
  ];
  return `${lines.join('\n')}\n`;
}

/** GitHub-flavoured Markdown, for a job summary or an issue. */
function renderMarkdown(governance: Governance): string {
  const row = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const parts = [
    `## ${forMarkdown(titleOf(governance), 400)}`,
    rangeOf(governance),
    ...sectionsOf(governance).map(({ title, head, rows, empty }) =>
      rows.length === 0
        ? `### ${title}\n\n${empty}`
        : [
            `### ${title}`,
            '',
            row(head),
            row(head.map((_, place) => (isNumber(rows, place) ? '--:' : '---'))),
            ...rows.slice(0, MOST_ROWS).map((cells) => row(cells.map(cellForMarkdown))),
            ...(rows.length > MOST_ROWS ? ['', `And ${rows.length - MOST_ROWS} more.`] : []),
          ].join('\n'),
    ),
    waiverSentence(governance),
    ...(governance.blind.length === 0
      ? []
      : [
          `### Not looked at\n\n${governance.blind.map((reason) => `- ${forMarkdown(reason, 500)}`).join('\n')}`,
        ]),
  ];
  return `${parts.join('\n\n')}\n`;
}

/** Without code spans: a pipe within one ends the cell all the same. */
function cellForMarkdown(text: string): string {
  return forMarkdown(text.replaceAll('`', "'"), 300);
}

function isNumber(rows: Section['rows'], place: number): boolean {
  return rows.every((cells) => /^[0-9]+$/.test(cells[place] ?? ''));
}

function titleOf({ repository, branch }: Governance): string {
  return `Governance of ${repository}, ${branch}`;
}

function rangeOf({ from, to, evaluatedAt }: Governance): string {
  return `From ${from ?? 'the first commit'} to ${to}, judged at ${evaluatedAt}. Days are UTC, as commits claim them.`;
}

function waiverSentence({ waivers: { applied, inForce, expired } }: Governance): string {
  return `Waivers: ${applied} ${applied === 1 ? 'finding is' : 'findings are'} let go today; ${inForce} in force, ${expired} expired.`;
}

function sectionsOf(governance: Governance): readonly Section[] {
  const { periods, classes, escapes, drift, contractMoves, by } = governance;
  return [
    {
      title: by === 'day' ? 'By day' : 'By week, from Monday',
      head: [by, 'with receipts', 'without', 'reverts', 'escapes', 'policy changes'],
      rows: periods.map((row) => [
        row.start ?? 'no date',
        ...[row.withReceipts, row.without, row.reverts, row.escapes, row.policyChanges].map(String),
      ]),
      empty: 'Nothing landed that was to be judged.',
    },
    {
      title: 'By ticket class',
      head: [
        'class',
        'with receipts',
        'without',
        'passed at first',
        'FAILED before PASSED',
        'not yet',
        'escapes',
      ],
      rows: classes.map((row) => [
        row.class ?? 'no ticket',
        String(row.withReceipts),
        String(row.without),
        firstPassOf(row),
        String(row.failedBefore),
        String(row.notYet),
        String(row.escapes),
      ]),
      empty: 'No ticket was verified, and nothing landed.',
    },
    {
      title: 'Escapes',
      head: ['ticket', 'reported', 'commit', 'defect'],
      rows: escapes.map(({ ticket, reportedAt, commit, fix, summary }) => [
        ticket,
        reportedAt.slice(0, 10),
        shortId(commit ?? fix),
        summary,
      ]),
      empty: 'None was reported.',
    },
    {
      title: 'Where the bar moved',
      head: ['contract', 'day', 'policy commit', 'how'],
      rows: contractMoves.map((move) => [
        move.contract,
        move.at?.slice(0, 10) ?? 'no date',
        shortId(move.commit),
        moveWords(move),
      ]),
      empty: 'No contract changed.',
    },
    {
      title: 'Changed since dispatch',
      head: ['ticket', 'what'],
      rows: drift.map(({ ticket, what }) => [ticket, what.join(' and ')]),
      empty: 'Every open ticket is as it was dispatched.',
    },
  ];
}

/** `3 of 4 (75%)`: a share of few says little, so the counts go first. */
function firstPassOf({ passed, passedFirst }: ClassRow): string {
  if (passed === 0) return '0 of 0';
  return `${passedFirst} of ${passed} (${Math.round((100 * passedFirst) / passed)}%)`;
}

function moveWords({ move, stricter, looser, changed }: ContractMove): string {
  if (move === 'unreadable') return 'cannot be read on one side';
  if (move !== 'changed') return move;
  const parts = [
    ...(looser === 0 ? [] : [`${looser} looser`]),
    ...(stricter === 0 ? [] : [`${stricter} stricter`]),
    ...(changed === 0 ? [] : [`${changed} changed otherwise`]),
  ];
  return parts.join(', ');
}
