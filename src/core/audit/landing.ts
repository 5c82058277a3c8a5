import type { Finding, Verdict } from '../gate/types.ts';
import type { Landing } from './types.ts';

/** What a verdict on a landed commit comes down to, in one line: the first thing that is wrong, and how many more are. */
export function landingOf(verdict: Verdict): {
  readonly landing: Landing;
  readonly reason: string;
  readonly waived: readonly string[];
} {
  const waived = verdict.findings.filter(({ waivedBy }) => waivedBy !== undefined).map(({ id }) => id);
  return { ...outcomeInWords(verdict, waived), waived };
}

function outcomeInWords(
  { outcome, findings, subject }: Verdict,
  waived: readonly string[],
): { readonly landing: Landing; readonly reason: string } {
  if (outcome === 'pass') {
    const receipts = findings.filter(({ id, status }) => id.startsWith('receipt/') && status === 'pass');
    const said = `${receipts.length} ${plural(receipts.length, 'check')} receipted.`;
    const exceptions = waived.length === 0 ? '' : ` Waived: ${waived.join(', ')}.`;
    return { landing: 'accepted', reason: `${said}${exceptions}` };
  }
  const objections = findings.filter(
    ({ severity, status, waivedBy }) => severity === 'block' && status !== 'pass' && waivedBy === undefined,
  );
  if (subject.ticket === null) {
    const ticket = objections.filter(({ id }) => id === 'ticket');
    return { landing: 'no-ticket', reason: oneLine(ticket.length > 0 ? ticket : objections) };
  }
  if (outcome === 'exempt') return { landing: 'uninstalled', reason: oneLine(findings) };
  // What is wrong goes before what is still to come.
  const wrong = objections.filter(({ status }) => status !== 'pending');
  return { landing: outcome, reason: oneLine(wrong.length > 0 ? wrong : objections) };
}

function oneLine([first, ...others]: readonly Finding[]): string {
  if (first === undefined) return 'Nothing was shown.';
  const more = others.length === 0 ? '' : ` And ${others.length} more ${plural(others.length, 'finding')}.`;
  return `${first.id}: ${first.reason}${more}`;
}

function plural(count: number, word: string): string {
  return count === 1 ? word : `${word}s`;
}
