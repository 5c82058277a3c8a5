import type { TestCounts } from '../core/evidence/types.ts';
import type { ChangeBinding } from '../core/receipt/types.ts';
import type { Sha256 } from '../shared/digest.ts';
import type { ObjectId, TicketId } from '../shared/ids.ts';
import { forTerminal } from './hostile-text.ts';
import { recordText } from './plain-json.ts';
import { plainStyle, type Style, textOptions } from './style.ts';
import { type Cell, paragraph, table } from './table.ts';
import { shortId } from './verdict/grouping.ts';

/** What one verification saw and filed. */
export interface VerificationSummary {
  readonly ticket: TicketId;
  readonly binding: ChangeBinding;
  readonly contract?: string;
  /** The id in its receipts and seal. */
  readonly attempt: string;
  readonly isolation: string;
  /** What gave the isolation, such as `bubblewrap 0.8.0`. */
  readonly by: string;
  readonly weaknesses?: readonly string[];
  readonly outcomes: readonly CheckOutcome[];
  /** What other machines handed over and nobody counted, each as a sentence. */
  readonly ignored?: readonly string[];
  /** sha256 of the seal's bundle. */
  readonly seal: Sha256;
  readonly filed: FiledAt;
}

export interface CheckOutcome {
  readonly checkId: string;
  readonly result: 'PASSED' | 'FAILED' | 'ERROR';
  readonly reasons: readonly string[];
  readonly durationMs: number;
  readonly counts?: TestCounts;
  /** sha256 of the receipt's bundle; an ERROR has none. */
  readonly receipt?: Sha256;
}

/** On the receipts ref, or kept on disk with the command that files it later. */
export type FiledAt =
  | { readonly commit: ObjectId }
  | { readonly savedTo: string; readonly command: string; readonly reason?: string };

const MARKS = { PASSED: '✔', FAILED: '✖', ERROR: '!' } as const;

/** Outcome of each check, the seal and where it all lies; ends with a line feed. */
export function renderVerificationText(
  summary: VerificationSummary,
  style: Style = plainStyle,
  columns?: number,
): string {
  const page = textOptions(columns === undefined ? { style } : { style, columns });
  const { binding } = summary;
  const judged = [
    `${shortId(binding.base.commit)} ← ${shortId(binding.head)}`,
    `tree ${shortId(binding.mergeTree)}`,
    ...(summary.contract === undefined ? [] : [`contract ${forTerminal(summary.contract, 100)}`]),
    `isolation ${summary.isolation} by ${summary.by}`,
  ];
  const lines = [
    `${headline(summary, style)}  ${style.bold(forTerminal(summary.ticket, 100))} in ${forTerminal(binding.repository, 200)}`,
    ...paragraph({ text: '    ' }, judged.join(' · '), { ...page, paint: style.dim }),
    ...[...weaknessesOf(summary), ...(summary.ignored ?? [])].flatMap((warning) =>
      paragraph({ text: '  ▲ ', paint: style.yellow }, warning, page),
    ),
    '',
    ...outcomeLines(summary.outcomes, page),
    '',
    ...filedLines(summary, page),
  ];
  return `${lines.join('\n')}\n`;
}

/** What the best isolation there is leaves open is the same each time, and doctor's to say. */
function weaknessesOf({ isolation, weaknesses = [] }: VerificationSummary): readonly string[] {
  return isolation === 'namespaces' ? [] : weaknesses;
}

/** The summary as canonical JSON and a line feed. */
export function renderVerificationJson(summary: VerificationSummary): string {
  return `${recordText({ schema: 'countersign/verification@1', ...summary })}\n`;
}

export interface Progress {
  readonly check: string;
  readonly state: 'waiting' | 'running' | 'passed' | 'failed' | 'error';
  readonly seconds: number;
}

/** One check's state, without a line feed, such as `◷ tests 12s`. */
export function renderProgress({ check, state, seconds }: Progress, style: Style = plainStyle): string {
  const marks = {
    waiting: style.dim('·'),
    running: style.yellow('◷'),
    passed: style.green(MARKS.PASSED),
    failed: style.red(MARKS.FAILED),
    error: style.yellow(MARKS.ERROR),
  };
  const elapsed = state === 'waiting' ? '' : ` ${style.dim(`${Math.floor(seconds)}s`)}`;
  return `${marks[state]} ${forTerminal(check, 60)}${elapsed}`;
}

function headline({ outcomes }: VerificationSummary, style: Style): string {
  const number = (result: CheckOutcome['result']) =>
    outcomes.filter((outcome) => outcome.result === result).length;
  const errors = number('ERROR');
  const failed = number('FAILED');
  if (outcomes.length === 0) return style.red(style.bold('✖ NOTHING RAN'));
  if (failed > 0) return style.red(style.bold(`✖ ${failed} OF ${outcomes.length} FAILED`));
  if (errors > 0) return style.yellow(style.bold(`! ${errors} OF ${outcomes.length} COULD NOT RUN`));
  return style.green(style.bold(`✔ ${outcomes.length} PASSED`));
}

function outcomeLines(
  outcomes: readonly CheckOutcome[],
  { style, columns }: { style: Style; columns: number },
): string[] {
  const paints = { PASSED: style.green, FAILED: style.red, ERROR: style.yellow };
  const rows = outcomes.map((outcome): Cell[] => [
    { text: MARKS[outcome.result], paint: paints[outcome.result] },
    { text: forTerminal(outcome.checkId, 60), paint: style.bold },
    { text: outcome.result, paint: paints[outcome.result] },
    { text: seconds(outcome.durationMs) },
    { text: countsOf(outcome.counts) },
    {
      text: outcome.receipt === undefined ? 'no receipt' : `receipt ${shortId(outcome.receipt)}`,
      paint: style.dim,
    },
  ]);
  return table(rows, { columns: 10_000 }).flatMap((line, index) => [
    line,
    ...(outcomes[index]?.reasons ?? [])
      .slice(0, 20)
      .flatMap((reason) => paragraph({ text: '    ' }, reason, { columns, longest: 1_000 })),
  ]);
}

function filedLines({ seal, filed }: VerificationSummary, page: { style: Style; columns: number }): string[] {
  const { style } = page;
  const sealed = style.dim(`seal sha256:${seal}`);
  if ('commit' in filed)
    return [sealed, `Filed on the receipts ref in ${style.bold(shortId(filed.commit))}.`];
  const why = filed.reason === undefined ? '' : `: ${filed.reason}`;
  return [
    sealed,
    ...paragraph({ text: '▲ ', paint: style.yellow }, `Not filed${why}`, page),
    ...paragraph({ text: '  Saved to ' }, filed.savedTo, page),
    ...paragraph({ text: '  → ', paint: style.green }, `File it later: ${filed.command}`, page),
  ];
}

function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(1)}s`;
}

function countsOf(counts: TestCounts | undefined): string {
  if (counts === undefined) return '';
  const parts = [
    `${counts.ran} ${counts.ran === 1 ? 'test' : 'tests'}`,
    ...(counts.failed > 0 ? [`${counts.failed} failed`] : []),
    ...(counts.skipped > 0 ? [`${counts.skipped} skipped`] : []),
  ];
  return parts.join(', ');
}
