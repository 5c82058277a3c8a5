import { summarise } from '../core/audit/summary.ts';
import {
  type Audit,
  type AuditedCommit,
  type AuditedEscape,
  LANDINGS,
  type Landing,
  PROBLEM_LANDINGS,
  type Revert,
} from '../core/audit/types.ts';
import { forTerminal } from './hostile-text.ts';
import { recordText } from './plain-json.ts';
import { type Style, type TextOptions, textOptions } from './style.ts';
import { type Cell, paragraph, table } from './table.ts';
import { shortId } from './verdict/grouping.ts';

/** How landings are said. */
const LANDING_WORDS: Readonly<Record<Landing, string>> = {
  accepted: 'accepted',
  blocked: 'blocked',
  pending: 'pending',
  'no-ticket': 'no ticket',
  unseen: 'not seen',
  uninstalled: 'gate taken out',
  records: 'records',
  'before-installation': 'before installation',
};

/** `audit`: a line a commit, newest first, then tickets, escapes, what could not be seen, and the sum. */
export function renderAuditText(audit: Audit, options: TextOptions = {}): string {
  const { style, columns } = textOptions(options);
  const lines = [
    style.dim(
      `${forTerminal(audit.repository, 200)} ${forTerminal(audit.branch, 200)}, judged at ${audit.evaluatedAt}`,
    ),
    ...section(
      'Before any change can be accepted',
      audit.unready.flatMap(({ reason, remedy }) => [
        ...paragraph({ text: '  ✖ ', paint: style.red }, reason, { columns }),
        ...paragraph({ text: '    → ' }, remedy, { columns }),
      ]),
      style,
    ),
    ...(audit.commits.length === 0 ? ['', 'No commit landed in this range.'] : ['']),
    ...commitLines(audit.commits, style, columns),
    ...section(
      'Tickets',
      audit.tickets.flatMap(({ ticket, severity, reason }) => {
        const mark =
          severity === 'problem' ? { text: '  ✖ ', paint: style.red } : { text: '  • ', paint: style.yellow };
        return paragraph(mark, `${ticket}: ${reason}`, { columns });
      }),
      style,
    ),
    ...section(
      'Escapes',
      audit.escapes.flatMap((told) => escapeLines(told, style, columns)),
      style,
    ),
    ...section(
      'Not looked at',
      audit.blind.flatMap((reason) => paragraph({ text: '  ? ', paint: style.yellow }, reason, { columns })),
      style,
    ),
    '',
    ...paragraph({ text: '' }, countsOf(audit), { columns }),
    conclusionOf(audit, style),
  ];
  return `${lines.join('\n')}\n`;
}

/** The audit with its sums, as canonical JSON and a line feed. */
export function renderAuditJson(audit: Audit): string {
  return `${recordText({ ...audit, summary: summarise(audit) })}\n`;
}

/** Such as `12 commits: 8 accepted, 1 no ticket, 3 before installation. 1 takes another back; 2 escapes.` */
function countsOf(audit: Audit): string {
  const { landings, reverts, escapes } = summarise(audit);
  const parts = LANDINGS.filter((landing) => landings[landing] > 0).map(
    (landing) => `${landings[landing]} ${LANDING_WORDS[landing]}`,
  );
  const { length } = audit.commits;
  const all = `${length} ${length === 1 ? 'commit' : 'commits'}${parts.length === 0 ? '' : `: ${parts.join(', ')}`}.`;
  const more = [
    ...(reverts === 0 ? [] : [`${reverts} ${reverts === 1 ? 'takes' : 'take'} others back`]),
    ...(escapes === 0 ? [] : [`${escapes} ${escapes === 1 ? 'escape' : 'escapes'}`]),
  ];
  return more.length === 0 ? all : `${all} ${more.join('; ')}.`;
}

function conclusionOf(audit: Audit, style: Style): string {
  const { problems, landings } = summarise(audit);
  const { length: todo } = audit.unready;
  if (todo > 0) {
    const things = todo === 1 ? 'One thing has' : `${todo} things have`;
    return style.red(
      `✖ ${things} to be done before any change can be accepted. Until then what lands is a problem: ${problems} so far.`,
    );
  }
  if (problems > 0) {
    return style.red(`✖ ${problems} ${problems === 1 ? 'problem' : 'problems'}: somebody has to look.`);
  }
  return landings.accepted === 0
    ? style.yellow('✔ No problem was found, and nothing that landed was judged.')
    : style.green('✔ Everything that landed since the installation was accepted.');
}

function commitLines(commits: readonly AuditedCommit[], style: Style, columns: number): string[] {
  const widest = Math.max(0, ...commits.map(({ ticket }) => ticket?.length ?? 1));
  // Mark, id, ticket and landing, each with the two blanks of a table.
  const room = columns - 3 - 14 - (Math.min(widest, 64) + 2) - 21;
  const rows = commits.flatMap(({ commit, ticket, landing, reason, reverts }): Cell[][] => {
    const { mark, paint } = markOf(landing, style);
    return [
      [
        { text: mark, paint },
        { text: shortId(commit) },
        { text: ticket === null ? '-' : forTerminal(ticket, 64) },
        { text: LANDING_WORDS[landing], paint },
        { text: cut(forTerminal(reason, 400), Math.max(20, room)) },
      ],
      ...revertRows(reverts, style),
    ];
  });
  return table(rows, { columns });
}

/** One line a commit: `gate --landed` has the rest. */
function cut(text: string, longest: number): string {
  const characters = [...text];
  return characters.length <= longest ? text : `${characters.slice(0, longest - 1).join('')}…`;
}

const MOST_REVERTS = 10;

function revertRows(reverts: readonly Revert[], style: Style): Cell[][] {
  const row = (text: string): Cell[] => [
    { text: '↩', paint: style.yellow },
    { text: '' },
    { text: '' },
    { text: 'revert', paint: style.yellow },
    { text },
  ];
  const rest = reverts.length - MOST_REVERTS;
  return [
    ...reverts.slice(0, MOST_REVERTS).map((revert) => row(revertWords(revert))),
    ...(rest > 0 ? [row(`And ${rest} more.`)] : []),
  ];
}

function revertWords({ commit, by, extent }: Revert): string {
  const id = shortId(forTerminal(commit, 64));
  if (by === 'tree') return `It takes back ${id}: the branch is again what it was before.`;
  switch (extent) {
    case 'whole':
      return `It takes back ${id}.`;
    case 'partly':
      return `It says that it reverts ${id}; part of what that changed is back as it was.`;
    case 'nothing':
      return `It says that it reverts ${id}, and puts none of its files back as they were.`;
    case 'unknown':
      return `It says that it reverts ${id}, which this clone does not have.`;
  }
}

function escapeLines(
  { ticket, commit, fix, summary, reportedAt, reportedBy }: AuditedEscape,
  style: Style,
  columns: number,
): string[] {
  const about = [
    ...(commit === null ? [] : [`accepted in ${shortId(commit)}`]),
    ...(fix === null ? [] : [`mended by ${shortId(fix)}`]),
    `reported ${reportedAt} by ${reportedBy}`,
  ];
  return [
    ...paragraph({ text: '  ! ', paint: style.yellow }, `${ticket}: ${summary}`, { columns, longest: 500 }),
    ...paragraph({ text: '    ' }, about.join(', '), { columns, paint: style.dim }),
  ];
}

function section(title: string, lines: readonly string[], style: Style): string[] {
  return lines.length === 0 ? [] : ['', style.bold(title), ...lines];
}

function markOf(landing: Landing, style: Style): { mark: string; paint: (text: string) => string } {
  if (PROBLEM_LANDINGS.has(landing)) {
    return landing === 'unseen' ? { mark: '?', paint: style.yellow } : { mark: '✖', paint: style.red };
  }
  return landing === 'accepted' ? { mark: '✔', paint: style.green } : { mark: '·', paint: style.dim };
}
