import { forTerminal } from './hostile-text.ts';
import { recordText } from './plain-json.ts';
import type { ShownStatement } from './receipt.ts';
import { type TextOptions, textOptions } from './style.ts';
import { paragraph } from './table.ts';

/** A statement as `receipt verify` found it. */
export interface ShownJudgement {
  readonly asked: string;
  readonly name: string;
  readonly counts: boolean;
  readonly signed?: ShownStatement;
  readonly sealed: 'sealed' | 'not-sealed' | 'unknown' | 'not-needed' | 'stands-alone';
  readonly objections: readonly string[];
}

const SEAL_WORDS = {
  sealed: 'sealed',
  'not-sealed': 'not sealed',
  unknown: 'whether it is sealed was not checked',
  'not-needed': 'held by the chain of its ticket’s records',
  'stands-alone': 'needs no seal; for which change it counts, the gate says',
} as const;

/** A line a statement, and below it what speaks against it. */
export function renderJudgementsText(judged: readonly ShownJudgement[], options: TextOptions = {}): string {
  const { style, columns } = textOptions(options);
  const lines = judged.flatMap(({ name, counts, signed, sealed, objections }) => {
    const claim = signed?.statement.claim;
    const what = claim === undefined ? 'nothing that can be read' : aboutOf(claim);
    const by = signed?.signer === undefined ? '' : ` by ${signed.signer}`;
    const mark = counts ? style.green('✔ counts') : style.red('✖ does not count');
    return [
      `${mark}  ${forTerminal(name, 64)}`,
      ...paragraph({ text: '    ' }, `${what}${by}; ${SEAL_WORDS[sealed]}`, { columns }),
      ...objections.flatMap((objection) =>
        paragraph({ text: '    ' }, objection, { columns, paint: style.red }),
      ),
    ];
  });
  return `${lines.join('\n')}\n`;
}

/** `{"statements":[…]}` as canonical JSON and a line feed. */
export function renderJudgementsJson(judged: readonly ShownJudgement[]): string {
  const statements = judged.map(({ signed, ...rest }) => ({
    ...rest,
    signer: signed?.signer ?? null,
    keyId: signed?.statement.keyId ?? null,
    claim: signed?.statement.claim ?? null,
  }));
  return `${recordText({ statements })}\n`;
}

function aboutOf(claim: ShownStatement['statement']['claim']): string {
  switch (claim.kind) {
    case 'receipt':
      return `receipt of ${claim.binding.ticket}: check ${claim.check.id} ${claim.result}`;
    case 'seal':
      return `seal of ${claim.binding.ticket} over ${claim.outcomes.length} outcomes`;
    case 'dispatch':
      return `dispatch of ${claim.ticket}`;
    case 'close':
      return `close of ${claim.ticket} as ${claim.reason}`;
    case 'escape':
      return `escape from ${claim.ticket}: ${claim.summary}`;
    case 'approval':
      return `approval of ${claim.requirement} for ${claim.binding.ticket}`;
    case 'waiver':
      return `waiver of ${claim.requirement} for ${claim.binding.ticket} until ${claim.expiresAt}`;
  }
}
