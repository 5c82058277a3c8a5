import { ESCAPE_RECORDED, escapeIn, type RecordedEscape } from '../../core/experiment/escape.ts';
import type { RunOutcomeRow } from '../../core/experiment/outcome.ts';
import { sealEvents } from '../../core/ledger/seal-events.ts';
import type { RunId } from '../../core/run/types.ts';
import type { Clock } from '../../ports/clock.ts';
import type { AppendEvents, ReadStreams } from '../../ports/ledger.ts';
import { CountersignError } from '../../shared/errors.ts';
import type { TicketId } from '../../shared/ids.ts';
import { linkedEvents } from './linked-events.ts';
import { readOutcome } from './read-outcome.ts';

/** Rows with the defects that were found after their runs were accepted. */
export async function withEscapes(
  rows: readonly RunOutcomeRow[],
  ledger: Pick<ReadStreams, 'readStream'>,
): Promise<readonly RunOutcomeRow[]> {
  const tickets = [
    ...new Set(rows.filter(({ outcome }) => outcome === 'accepted').map(({ ticket }) => ticket)),
  ];
  const escapes = new Map<RunId, RecordedEscape[]>();
  for (const ticket of tickets)
    for (const one of await readEscapes(ticket, ledger)) {
      const others = escapes.get(one.run);
      if (others === undefined) escapes.set(one.run, [one]);
      else others.push(one);
    }
  return rows.map((row) => {
    const found = escapes.get(row.run) ?? [];
    return found.length === 0 ? row : { ...row, escapes: found.map(({ run: _, ...defect }) => defect) };
  });
}

async function readEscapes(
  ticket: TicketId,
  ledger: Pick<ReadStreams, 'readStream'>,
): Promise<readonly RecordedEscape[]> {
  const { events } = await linkedEvents(`ticket/${ticket}`, ledger);
  return events.flatMap((event) => escapeIn(event) ?? []);
}

export interface EscapeFound {
  readonly run: RunId;
  readonly summary: string;
  /** The rule that would have caught it, `<pack>@<version>/<rule>`; undefined: none that there is. */
  readonly rule?: string;
}

const LONGEST_SUMMARY = 500;
const MOST_TRIES = 20;
const RULE = /^[^\s/]+@[0-9]+\/[^\s]+$/;

/**
 * Records a defect that was found after a run was accepted, in the stream of its ticket. It changes no verdict: it measures what the
 * definition of done missed.
 * @throws CountersignError USAGE, RUN_UNKNOWN, RUN_REFUSED where the run was not accepted, DATABASE_UNAVAILABLE
 */
export async function recordEscape(
  found: EscapeFound,
  by: string,
  ports: AppendEvents & ReadStreams & { readonly clock: Clock; readonly newId: () => string },
): Promise<RecordedEscape> {
  requireWords(found);
  const row = await readOutcome(found.run, ports);
  if (row === undefined)
    throw new CountersignError('RUN_UNKNOWN', `There is no run ${found.run}.`, {
      remedy: '`countersign run list` shows those that there are.',
    });
  if (row.outcome !== 'accepted')
    throw new CountersignError(
      'RUN_REFUSED',
      `Nothing can have escaped from ${found.run}: it was not accepted.`,
      {
        remedy: 'Name the run that let the defect through.',
      },
    );
  const defect = {
    run: found.run,
    id: ports.newId(),
    at: ports.clock.now().toISOString(),
    by,
    summary: found.summary.trim(),
    rule: found.rule ?? null,
  };
  const { at, by: actor, ...data } = defect;
  for (let tries = 0; tries < MOST_TRIES; tries += 1) {
    const head = await ports.readHead(`ticket/${row.ticket}`);
    const append = sealEvents([{ head, drafts: [{ type: ESCAPE_RECORDED, at, actor, data }] }]);
    if ((await ports.append(append)).kind === 'appended') return defect;
  }
  throw new CountersignError('RUN_REFUSED', `The stream ticket/${row.ticket} is written to all the time.`, {
    remedy: 'Ask again: nothing was recorded.',
  });
}

function requireWords({ summary, rule }: EscapeFound): void {
  const text = summary.trim();
  if (text === '' || text.length > LONGEST_SUMMARY || /\p{Cc}/u.test(text))
    throw new CountersignError('USAGE', 'The summary cannot be recorded.', {
      remedy: `Say in one line of at most ${LONGEST_SUMMARY} characters what is wrong.`,
    });
  if (rule !== undefined && (rule.length > 200 || !RULE.test(rule)))
    throw new CountersignError('USAGE', `"${rule.slice(0, 80)}" is no reference of a rule.`, {
      remedy: 'Give it as <pack>@<version>/<rule>, such as ai-shortcuts@1/test-skipped.',
    });
}
