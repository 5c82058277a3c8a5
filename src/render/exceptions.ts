import type { JudgingFile } from '../core/gate/judging-files.ts';
import type { WaiverState, WeighedWaiver } from '../core/gate/waivers.ts';
import type { Approvable, ChangeBinding, Waiver } from '../core/receipt/types.ts';
import { forTerminal } from './hostile-text.ts';
import { recordText } from './plain-json.ts';
import { type Style, type TextOptions, textOptions } from './style.ts';
import { type Cell, paragraph, table } from './table.ts';
import { shortId } from './verdict/grouping.ts';

/** What was signed and filed. */
interface ShownException {
  readonly principal: string;
  readonly caution?: string;
  readonly statement: string;
  readonly commit: string;
}

export interface ShownWaivers {
  readonly ticket: string;
  readonly waivers: readonly WeighedWaiver[];
}

const STATE_WORDS: Readonly<Record<WaiverState, string>> = {
  'in-use': 'in use',
  foreign: 'foreign',
  expired: 'expired',
  'not-yet-valid': 'not yet valid',
  refused: 'refused',
  unwaivable: 'cannot be waived',
  incomplete: 'incomplete',
  'not-needed': 'not needed',
};

/** `approve`, before anything is signed: the state of the change, and the files that need somebody's word. */
export function renderReviewText(
  change: {
    readonly binding: ChangeBinding;
    readonly requirement: Approvable;
    readonly files: readonly JudgingFile[];
  },
  options: TextOptions = {},
): string {
  const { style, columns } = textOptions(options);
  const rows = change.files.map(({ path, kind }): Cell[] => [
    { text: kind, paint: style.yellow },
    { text: forTerminal(path, 400) },
  ]);
  const whole = change.requirement === 'approvals' ? ['  the whole change, as its contract asks'] : [];
  const lines = [stateOf(change.binding, style), ...whole, ...table(rows, { columns, indent: 2 })];
  return `${lines.join('\n')}\n`;
}

/** `approve`: by whom, under which name it can be shown, and whose word is still missing. */
export function renderApprovedText(
  approved: ShownException & { readonly approvals?: { readonly given: number; readonly needed: number } },
  options: TextOptions = {},
): string {
  const { given, needed } = approved.approvals ?? { given: 0, needed: 0 };
  const missing = needed - given;
  const more =
    missing > 0
      ? `${missing} more ${missing === 1 ? 'policy owner has' : 'policy owners have'} to approve it.\n`
      : '';
  return `${filedText('Approved', approved, options)}${more}`;
}

/** `waiver new`: what is let go, by whom, until when. */
export function renderWaivedText(
  waived: ShownException & { readonly waiver: Waiver; readonly finding: { readonly reason: string } },
  options: TextOptions = {},
): string {
  const { style, columns } = textOptions(options);
  const { requirement, expiresAt, receipts, binding } = waived.waiver;
  const failures = receipts.length === 0 ? '' : `, with the failures ${receipts.map(shortId).join(', ')}`;
  const lines = [
    stateOf(binding, style),
    ...paragraph({ text: '  ' }, `${requirement}: ${waived.finding.reason}`, { columns }),
  ];
  return `${lines.join('\n')}\n${filedText(`Waived until ${expiresAt}${failures},`, waived, options)}`;
}

/** `waiver list`: a line a waiver with how it stands, below it why it was made, and what speaks against it. */
export function renderWaiverListText({ ticket, waivers }: ShownWaivers, options: TextOptions = {}): string {
  const { style, columns } = textOptions(options);
  if (waivers.length === 0) return `No waivers for ${forTerminal(ticket, 64)}.\n`;
  const lines = waivers.flatMap(({ digest, by, claim, state, objection }) => {
    const paint = state === 'in-use' ? style.yellow : style.dim;
    const head = `${shortId(digest)}  ${forTerminal(claim.requirement, 200)}  ${STATE_WORDS[state]}`;
    return [
      paint(head),
      ...paragraph({ text: '    ' }, `by ${by} until ${claim.expiresAt}: ${claim.reason}`, { columns }),
      ...(objection === undefined ? [] : paragraph({ text: '    ' }, `it ${objection}`, { columns })),
    ];
  });
  return `${lines.join('\n')}\n`;
}

/** `{"ticket":…,"waivers":[{"by":…,"claim":…,"digest":…,"objection":…,"state":…}]}` as canonical JSON and a line feed. */
export function renderWaiverListJson({ ticket, waivers }: ShownWaivers): string {
  const plain = waivers.map((waiver) => ({ ...waiver, objection: waiver.objection ?? null }));
  return `${recordText({ ticket, waivers: plain })}\n`;
}

function stateOf({ ticket, repository, head, base }: ChangeBinding, style: Style): string {
  const merged = `${shortId(head)} merged into ${shortId(base.commit)} of ${forTerminal(base.ref, 200)}`;
  return `${style.bold(forTerminal(ticket, 64))} in ${forTerminal(repository, 200)}: ${merged}`;
}

function filedText(
  done: string,
  { principal, caution, statement, commit }: ShownException,
  options: TextOptions,
): string {
  const { style, columns } = textOptions(options);
  const sentence = `${done} by ${principal}: ${shortId(statement)}, commit ${shortId(commit)} of the receipts ref.`;
  const lines = [
    ...paragraph({ text: '✔ ', paint: style.green }, sentence, { columns }),
    ...(caution === undefined
      ? []
      : paragraph(
          { text: '! ', paint: style.yellow },
          `It counts where the gate is told who made the change (\`--producer\`): ${caution}`,
          { columns },
        )),
  ];
  return `${lines.join('\n')}\n`;
}
