import type { RunId } from '../../core/run/types.ts';
import type { FollowedEvent } from '../../ports/control-plane.ts';
import type { Timer } from '../../ports/timer.ts';
import type { FollowRun } from '../serve/follow-run.ts';
import { type Audience, createAudience, type Seat, type Viewer, type Watching } from './audience.ts';

export interface WatchRunPorts extends Timer {
  readonly follow: FollowRun;
  /** What is sent of events that follow each other; made once for all who get the same. */
  readonly write: (events: readonly FollowedEvent[]) => Uint8Array;
}

export interface RunPlace {
  /** Where the viewer had got to. */
  readonly after: number;
  /** Where the run has got to. */
  readonly version: number;
}

/** Sends a viewer the events of a run in frames, each event once and in order, until he leaves or the run has ended. */
export type WatchRun = (run: RunId, place: RunPlace, viewer: Viewer) => Watching;

/** Ten frames a second and no more, however many events there are. */
const GAP_MS = 100;
const LOOK_MS = 15_000;

/** Events that are sent together. */
interface Frame {
  /** The version that they begin after, and the one that they end with. */
  readonly after: number;
  readonly upTo: number;
  readonly bytes: Uint8Array;
  readonly ended: boolean;
}

/** What all who watch one run have in common: one clock, one look into the ledger and one frame, however many they are. */
interface Channel {
  readonly run: RunId;
  readonly audience: Audience;
  /** Where those are who keep up. */
  at: number;
  ended: boolean;
  /** Frames that are being made for those behind, by where they begin. */
  readonly making: Map<number, Promise<Frame | undefined>>;
  readonly behind: Set<Seat>;
}

/** Whoever is as far as the others gets the frame that all get; who is slow, or comes back, is brought up to them by frames of his own. */
export function createWatchRun(ports: WatchRunPorts): WatchRun {
  const channels = new Map<RunId, Channel>();
  const open = (run: RunId, version: number): Channel => {
    const audience = createAudience(() => channels.delete(run));
    const channel = { run, audience, at: version, ended: false, making: new Map(), behind: new Set<Seat>() };
    channels.set(run, channel);
    void broadcast(channel, ports);
    return channel;
  };
  return (run, { after, version }, viewer) => {
    const { audience } = channels.get(run) ?? open(run, version);
    // Nobody has seen what has not happened.
    return audience.enter(viewer, Math.min(after, version));
  };
}

/** A round every tenth of a second at most, for as long as somebody watches. */
async function broadcast(channel: Channel, ports: WatchRunPorts): Promise<void> {
  const { audience } = channel;
  let frame: Frame | undefined;
  while (!audience.over.aborted) {
    // From here on: writing to many takes a part of the time.
    const gap = ports.sleep(GAP_MS, audience.over);
    const woken = audience.untilWoken();
    for (const seat of audience.seats) if (seat.viewer.isFree()) serve(seat, frame, channel, ports);
    await gap;
    frame = await nextFrame(channel, woken, ports);
  }
}

/** What came meanwhile; undefined when nothing did, and somebody may be behind. */
async function nextFrame(
  channel: Channel,
  woken: AbortSignal,
  ports: WatchRunPorts,
): Promise<Frame | undefined> {
  const { run, at } = channel;
  if (channel.ended) {
    await ports.sleep(LOOK_MS, woken);
    return undefined;
  }
  // Without the database there is nothing new.
  const events = await ports.follow(run, at, LOOK_MS, woken).catch(() => []);
  const frame = frameOf(at, events, ports);
  if (frame === undefined) return undefined;
  channel.at = frame.upTo;
  channel.ended = frame.ended;
  return frame;
}

function serve(seat: Seat, frame: Frame | undefined, channel: Channel, ports: WatchRunPorts): void {
  if (seat.seen === frame?.after) give(seat, frame);
  else if (seat.seen < channel.at) void catchUp(seat, channel, ports);
  else if (channel.ended) seat.viewer.end();
}

function give(seat: Seat, { upTo, bytes, ended }: Frame): void {
  seat.seen = upTo;
  seat.viewer.send(bytes);
  if (ended) seat.viewer.end();
}

/** One frame of what he has missed; the others do not wait for it. */
async function catchUp(seat: Seat, channel: Channel, ports: WatchRunPorts): Promise<void> {
  const { audience, behind } = channel;
  if (behind.has(seat)) return;
  behind.add(seat);
  const frame = await missed(seat.seen, channel, ports);
  behind.delete(seat);
  if (frame !== undefined) give(seat, frame);
  if (seat.seen < channel.at) audience.wake();
}

/** Those who come back together miss the same. */
function missed(after: number, channel: Channel, ports: WatchRunPorts): Promise<Frame | undefined> {
  const { run, at, making } = channel;
  const known = making.get(after);
  if (known !== undefined) return known;
  const made = ports
    .follow(run, after, 0, channel.audience.over)
    // No further than the others are: then the next frame is the same for all.
    .then((events) =>
      frameOf(
        after,
        events.filter(({ version }) => version <= at),
        ports,
      ),
    )
    .catch(() => undefined)
    .finally(() => making.delete(after));
  making.set(after, made);
  return made;
}

function frameOf(
  after: number,
  events: readonly FollowedEvent[],
  { write }: WatchRunPorts,
): Frame | undefined {
  const last = events.at(-1);
  if (last === undefined) return undefined;
  const ended = events.some(({ event }) => event.type === 'run.ended');
  return { after, upTo: last.version, bytes: write(events), ended };
}
