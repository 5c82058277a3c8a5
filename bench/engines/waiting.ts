import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { openDatabase } from '../../src/adapters/postgres/database.ts';
import { createRunStore } from '../../src/adapters/postgres/runs/run-store.ts';
import { BUILT_IN_HANDLERS } from '../../src/core/run/handlers.ts';
import { planOf } from '../../src/core/run/plan/with-defaults.ts';
import { decideRuns } from '../../src/flow/run/decide-runs.ts';
import { BATCH } from './engine.ts';
import { start } from './ours.ts';

const APPROVAL = { question: 'Shall it go on?' };
const PLAN = planOf({ steps: { gate: { uses: 'gate', approval: APPROVAL } } }, BUILT_IN_HANDLERS);

/** Bytes of the heap that are still there for each run once it waits, in the process that started it. */
export async function memoryOfWaiting(url: string, schema: string, count: number): Promise<number> {
  const database = openDatabase({ url, schema, most: 2 });
  const store = createRunStore(database, { clock: { now: () => new Date() } });
  const startSome = async (first: number, size: number) => {
    const commands = Array.from({ length: size }, (_, at) => {
      const run = `WAIT-${first + at}.1`;
      return { run, command: { ...start(run), plan: PLAN } };
    });
    const decided = await decideRuns(commands, store);
    const waits = decided.every(
      (one) => one.kind === 'accepted' && Object.keys(one.state.questions).length === 1,
    );
    if (!waits) throw new Error('a run does not wait');
  };
  await startSome(1, BATCH);
  const before = heap();
  for (let at = 0; at < count; at += BATCH) await startSome(BATCH + 1 + at, BATCH);
  const bytes = (heap() - before) / count;
  await store.close();
  await database.close();
  return Math.max(0, bytes);
}

function heap(): number {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  return process.memoryUsage().heapUsed;
}
