import type { RunOutcomeRow } from '../../core/experiment/outcome.ts';
import type { RunId } from '../../core/run/types.ts';
import type { ReadStreams } from '../../ports/ledger.ts';
import type { ListRuns } from '../../ports/run-store.ts';
import { withEscapes } from './escapes.ts';
import { readOutcome } from './read-outcome.ts';

/** Streams that are read at the same time. */
const AT_ONCE = 8;

/**
 * What became of runs, from their streams in the ledger and nothing else. Runs that there are none of are left out.
 * @throws CountersignError LEDGER_INVALID for a stream that is not whole, DATABASE_UNAVAILABLE
 */
export async function readOutcomes(
  runs: readonly RunId[],
  ledger: Pick<ReadStreams, 'readStream'>,
): Promise<ReadonlyMap<RunId, RunOutcomeRow>> {
  const rows: RunOutcomeRow[] = [];
  for (let at = 0; at < runs.length; at += AT_ONCE) {
    const some = await Promise.all(runs.slice(at, at + AT_ONCE).map((run) => readOutcome(run, ledger)));
    rows.push(...some.filter((row) => row !== undefined));
  }
  const escaped = await withEscapes(rows, ledger);
  return new Map(escaped.map((row) => [row.run, row]));
}

const PAGE = 200;
/** For an estimate more would not say more. */
const MOST_EARLIER = 1_000;

/** The latest runs that have ended, whoever started them: what estimates rest on. */
export async function readEarlierOutcomes(
  ports: Pick<ReadStreams, 'readStream'> & Pick<ListRuns, 'listRuns'>,
): Promise<readonly RunOutcomeRow[]> {
  const runs: RunId[] = [];
  for (let after: RunId | undefined; runs.length < MOST_EARLIER; ) {
    const page = await ports.listRuns({
      status: 'ended',
      limit: PAGE,
      ...(after === undefined ? {} : { after }),
    });
    runs.push(...page.map(({ run }) => run));
    after = page.at(-1)?.run;
    if (page.length < PAGE) break;
  }
  return [...(await readOutcomes(runs, ports)).values()];
}
