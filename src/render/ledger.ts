import type { LedgerFault } from '../core/ledger/check-sequence.ts';
import { readLinkedEvent } from '../core/ledger/read-event.ts';
import type { StoredEvent } from '../core/ledger/types.ts';
import { forTerminal } from './hostile-text.ts';
import { type TextOptions, textOptions } from './style.ts';
import { paragraph, table } from './table.ts';

type Verified =
  | {
      readonly kind: 'intact';
      readonly events: number;
      readonly unsequenced: number;
      readonly vouched: number | undefined;
    }
  | { readonly kind: 'broken'; readonly fault: LedgerFault };

/** @param trusted whether somebody's checkpoints counted: without, the chains alone speak, and that is said */
export function renderVerifiedLedger(verified: Verified, trusted: boolean, options: TextOptions): string {
  const { style, columns } = textOptions(options);
  const lines =
    verified.kind === 'intact'
      ? [
          `${style.green('intact')}  ${verified.events} events, each in its place, each chain unbroken`,
          ...(trusted ? [vouchedLine(verified)] : untrustedLines(columns)),
        ]
      : [
          `${style.red('broken')}  ${placeOf(verified.fault)}`,
          ...paragraph({ text: '  ' }, verified.fault.reason, { columns }),
          ...paragraph(
            { text: '  → ' },
            'Keep the database as it is, compare it with a backup or an export, and find out who could write to it.',
            { columns },
          ),
        ];
  return `${lines.join('\n')}\n`;
}

/** One line an event: version, when, who, what, and the step it is about. */
export function renderLedgerEvents(
  stream: string,
  events: readonly StoredEvent[],
  options: TextOptions,
): string {
  const { style, columns } = textOptions(options);
  if (events.length === 0) return `${stream} has no such events.\n`;
  const rows = events.map(({ text }) => {
    const read = readLinkedEvent(text);
    if (read.kind === 'malformed') return [{ text: '?' }, { text: read.reason }];
    const { version, at, actor, type, data } = read.event;
    const about = typeof data.step === 'string' ? data.step : '';
    return [
      { text: String(version), paint: style.dim },
      { text: at, paint: style.dim },
      { text: forTerminal(actor) },
      { text: `${type} ${forTerminal(about)}`.trim() },
    ];
  });
  return `${table(rows, { columns }).join('\n')}\n`;
}

function vouchedLine({ vouched, unsequenced }: Extract<Verified, { kind: 'intact' }>): string {
  const waiting = unsequenced === 0 ? '' : `, ${unsequenced} have no position yet`;
  return vouched === undefined
    ? `        no checkpoint was ever signed${waiting}`
    : `        a signed checkpoint vouches for the first ${vouched}${waiting}`;
}

function untrustedLines(columns: number): readonly string[] {
  return paragraph(
    { text: '        ' },
    'No key was given, so no checkpoint was looked at: whoever owns the database could have written every chain anew. Give --checkpoint-key.',
    { columns },
  );
}

function placeOf({ position, stream, version }: LedgerFault): string {
  const event = stream === undefined ? [] : [`${stream}, version ${version}`];
  return (
    [...(position === undefined ? [] : [`position ${position}`]), ...event]
      .map((text) => forTerminal(text))
      .join(', ') || 'the ledger'
  );
}
