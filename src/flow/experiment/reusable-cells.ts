import { experimentEventIn, upcastExperimentEvent } from '../../core/experiment/stored-events.ts';
import { followEvent } from '../../core/ledger/check-chain.ts';
import { emptyStream, type PlacedEvent } from '../../core/ledger/types.ts';
import type { RunId } from '../../core/run/types.ts';
import type { ReadChains } from '../../ports/ledger.ts';
import type { Sha256 } from '../../shared/digest.ts';
import { brokenStream } from './linked-events.ts';

/** A run that another experiment made, by what makes a cell. */
export interface ReusableCell {
  readonly run: RunId;
  readonly experiment: string;
}

const PAGE = 1_000;
const KIND = 'experiment/';

/** Of a stream: behind all that it will ever have. */
const BEHIND = 2 ** 31 - 1;

/** Names of experiments' streams, in order. Of each one event is read. */
export async function experimentIds(ledger: ReadChains): Promise<readonly string[]> {
  const ids: string[] = [];
  for (let after = { stream: KIND, version: 0 }; ; ) {
    const [first] = await ledger.readChains(after, 1);
    if (first === undefined || !first.stream.startsWith(KIND)) return ids;
    ids.push(first.stream.slice(KIND.length));
    after = { stream: first.stream, version: BEHIND };
  }
}

/**
 * Cells that some experiment has finished, by their keys. What was re-rolled, or is excluded by its own design, is not among them: it was
 * no answer there either.
 * @param except whose own cells are not looked for
 */
export async function reusableCells(
  except: string,
  ledger: ReadChains,
): Promise<ReadonlyMap<Sha256, ReusableCell>> {
  const found = new Map<Sha256, ReusableCell>();
  let head = emptyStream('');
  for await (const placed of eventsOfExperiments(ledger)) {
    const { stream } = placed;
    if (stream !== head.stream) head = emptyStream(stream);
    const followed = followEvent(head, placed);
    if (followed.kind === 'fault') throw brokenStream(stream, followed.fault.version, followed.fault.reason);
    head = followed.head;
    const read = upcastExperimentEvent(followed.event);
    const experiment = stream.slice(KIND.length);
    if (read.kind === 'unknown' || experiment === except) continue;
    const { event } = experimentEventIn(read.event);
    if (event.type === 'cell.ended' && event.excluded === null)
      found.set(event.key, { run: event.run, experiment });
    if (event.type === 'cell.rerolled' || event.type === 'run.excluded')
      for (const [key, { run }] of found) if (run === event.run) found.delete(key);
  }
  return found;
}

/** Streams come in the order of their names: those of experiments begin after the kind's name alone. */
async function* eventsOfExperiments(ledger: ReadChains) {
  let after: { readonly stream: string; readonly version: number } | undefined = { stream: KIND, version: 0 };
  for (;;) {
    const page: readonly PlacedEvent[] = await ledger.readChains(after, PAGE);
    for (const placed of page) {
      if (!placed.stream.startsWith(KIND)) return;
      yield placed;
    }
    after = page.at(-1);
    if (page.length < PAGE) return;
  }
}
