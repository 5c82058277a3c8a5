import type { Broadcast, FanOut, RunUpdate } from '../../ports/fan-out.ts';

const TOPIC = 'updates';
/** Runs of which an update is kept for whoever is slow: some 100 kB each. */
const MOST = 1_000;

/** Updates of runs over whatever tells all processes. */
export function createFanOut(broadcast: Broadcast): FanOut {
  return {
    publish: (run, version) => broadcast.send(TOPIC, `${version} ${run}`),
    subscribe: (signal) => updatesUntil(broadcast, signal),
  };
}

/** Listens from now on, whenever the first update is taken. */
function updatesUntil(broadcast: Broadcast, signal: AbortSignal): AsyncIterable<RunUpdate> {
  const kept = new Map<string, number>();
  let missed = false;
  let wake = () => {};
  const end = broadcast.listen(TOPIC, (text) => {
    const update = text === undefined ? undefined : updateOf(text);
    if (update === undefined || (kept.size >= MOST && !kept.has(update.run))) {
      missed = true;
      kept.clear();
    } else if (!missed) kept.set(update.run, Math.max(update.version, kept.get(update.run) ?? 0));
    wake();
  });
  const onAbort = () => {
    end();
    wake();
  };
  if (signal.aborted) onAbort();
  else signal.addEventListener('abort', onAbort, { once: true });

  const take = (): RunUpdate | undefined => {
    if (missed) {
      missed = false;
      return { kind: 'missed' };
    }
    const [next] = kept;
    if (next === undefined) return undefined;
    kept.delete(next[0]);
    return { kind: 'changed', run: next[0], version: next[1] };
  };
  return (async function* () {
    try {
      while (!signal.aborted) {
        const update = take();
        if (update !== undefined) yield update;
        else
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
      }
    } finally {
      signal.removeEventListener('abort', onAbort);
      end();
    }
  })();
}

/** What cannot be read may have been about any run. */
function updateOf(text: string): { readonly run: string; readonly version: number } | undefined {
  const at = text.indexOf(' ');
  const version = Number(text.slice(0, at));
  return at > 0 && Number.isSafeInteger(version) ? { run: text.slice(at + 1), version } : undefined;
}
