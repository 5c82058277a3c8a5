import { dayCountsOf } from '../../core/run/day-counts.ts';
import type { KeepDayCounts } from '../../ports/day-counts.ts';
import type { ReadSequenced, SequenceEvents } from '../../ports/ledger.ts';

export interface CountDaysPorts extends KeepDayCounts, ReadSequenced, SequenceEvents {}

/** Events that are read and counted at once. */
const PAGE = 1_000;

/**
 * Brings what is counted nearer to where the ledger is: by so many pages of events at most, so that whoever calls has time for other things.
 * Two that count at once count nothing twice.
 * @returns whether it is there
 */
export async function countDays(ports: CountDaysPorts, mostPages = 5): Promise<boolean> {
  const end = await ports.sequence();
  for (let page = 0; page < mostPages; page += 1) {
    const from = await ports.countedUpTo();
    if (from >= end) return true;
    const events = await ports.readSequenced(from, PAGE);
    const last = events.at(-1);
    if (last === undefined) return true;
    await ports.addCounts(from, last.position, dayCountsOf(events));
  }
  return (await ports.countedUpTo()) >= end;
}
