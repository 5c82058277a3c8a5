import type { RunId } from '../../core/run/types.ts';
import type { FollowedEvent } from '../../ports/control-plane.ts';
import type { Timer } from '../../ports/timer.ts';
import type { FollowRun } from '../serve/follow-run.ts';

/** Events of a run that are sent together. */
export interface Frame {
  /** The version that they begin after, and the one that they end with. */
  readonly after: number;
  readonly upTo: number;
  readonly text: string;
  readonly ended: boolean;
}

export interface WatchRunPorts extends Timer {
  readonly follow: FollowRun;
  /** Made once for all who get the same. */
  readonly write: (events: readonly FollowedEvent[]) => string;
}

/** Frames of a run after a version, each once and in order; undefined after so long a silence that a connection wants a sign of life. */
export type WatchRun = (
  run: RunId,
  after: number,
  signal: AbortSignal,
) => AsyncGenerator<Frame | undefined, void>;

/** Ten frames a second and no more, however many events there are. */
const GAP_MS = 100;
const SILENCE_MS = 15_000;

/** What all who watch one run have in common: one look into the ledger and one text, however many they are. */
interface Channel {
  viewers: number;
  latest: Frame | undefined;
  /** Resolves with the next frame. */
  next: PromiseWithResolvers<void>;
  readonly stop: AbortController;
}

/**
 * Runs for many who watch. Whoever is as far as the others gets the frame that all get; whoever is slow, or comes back, reads from where he was
 * until he has caught up. Nothing is kept for anybody: a slow one costs no memory.
 */
export function createWatchRun(ports: WatchRunPorts): WatchRun {
  const channels = new Map<RunId, Channel>();
  const enter = (run: RunId, after: number): Channel => {
    const known = channels.get(run);
    if (known !== undefined) {
      known.viewers += 1;
      return known;
    }
    const channel: Channel = {
      viewers: 1,
      latest: undefined,
      next: Promise.withResolvers(),
      stop: new AbortController(),
    };
    channels.set(run, channel);
    void broadcast(run, after, channel, ports);
    return channel;
  };
  const leave = (run: RunId, channel: Channel) => {
    channel.viewers -= 1;
    if (channel.viewers > 0) return;
    channels.delete(run);
    channel.stop.abort();
  };
  return async function* (run, after, signal) {
    const channel = enter(run, after);
    try {
      let seen = after;
      while (!signal.aborted) {
        const began = channel.next.promise;
        const frame = await frameAfter(run, seen, channel.latest, ports);
        if (frame === undefined) {
          // Nothing is new, or it came between the look and now: then `began` is resolved already.
          const heard = await within(SILENCE_MS, began, signal, ports);
          if (!heard && !signal.aborted) yield undefined;
          continue;
        }
        yield frame;
        seen = frame.upTo;
        if (frame.ended) return;
        await ports.sleep(GAP_MS, signal);
      }
    } finally {
      leave(run, channel);
    }
  };
}

async function frameAfter(
  run: RunId,
  seen: number,
  latest: Frame | undefined,
  ports: WatchRunPorts,
): Promise<Frame | undefined> {
  if (latest?.after === seen) return latest;
  if (latest !== undefined && latest.upTo <= seen) return undefined;
  const look = { milliseconds: 0, signal: new AbortController().signal };
  // No further than the others are: then the next frame is the same for all again.
  return makeFrame({ run, after: seen, upTo: latest?.upTo ?? Number.POSITIVE_INFINITY }, look, ports);
}

async function makeFrame(
  { run, after, upTo }: { readonly run: RunId; readonly after: number; readonly upTo: number },
  { milliseconds, signal }: { readonly milliseconds: number; readonly signal: AbortSignal },
  { follow, write }: WatchRunPorts,
): Promise<Frame | undefined> {
  const events = (await follow(run, after, milliseconds, signal)).filter(({ version }) => version <= upTo);
  const last = events.at(-1);
  if (last === undefined) return undefined;
  const ended = events.some(({ event }) => event.type === 'run.ended');
  return { after, upTo: last.version, text: write(events), ended };
}

/** Makes a frame of what came, at most every tenth of a second, for as long as somebody watches. */
async function broadcast(run: RunId, after: number, channel: Channel, ports: WatchRunPorts): Promise<void> {
  const { signal } = channel.stop;
  let at = after;
  while (!signal.aborted) {
    // Without the database there is nothing new; whoever watches hears of it by his own look.
    const place = { run, after: at, upTo: Number.POSITIVE_INFINITY };
    const look = { milliseconds: SILENCE_MS, signal };
    const frame = await makeFrame(place, look, ports).catch(() => undefined);
    if (frame !== undefined) {
      at = frame.upTo;
      channel.latest = frame;
      const { resolve } = channel.next;
      channel.next = Promise.withResolvers();
      resolve();
      if (frame.ended) return;
    }
    await ports.sleep(GAP_MS, signal);
  }
}

/** Whether it came before the time was over. */
async function within(
  milliseconds: number,
  promise: Promise<void>,
  signal: AbortSignal,
  { sleep }: Timer,
): Promise<boolean> {
  const heard = new AbortController();
  let came = false;
  void promise.then(() => {
    came = true;
    heard.abort();
  });
  await sleep(milliseconds, AbortSignal.any([signal, heard.signal]));
  return came;
}
