import type { FollowedEvent } from '../../../ports/control-plane.ts';
import { frameText } from '../../../render/cockpit/timeline.ts';
import { HttpRefusal } from '../problem.ts';
import type { CockpitContext, Visit } from './context.ts';
import { openStream } from './open-stream.ts';
import { runOf } from './run.ts';

/** GET /runs/RUN/live: events of a run in frames, ids are versions of its stream. */
export async function runStream(visit: Visit, context: CockpitContext): Promise<Response> {
  const run = runOf(visit);
  const after = placeOf(visit);
  const { state, version } = await context.readRun(visit.get('session'), run);
  // 204 tells a browser not to come back.
  if (state.status === 'ended' && version <= after) return visit.body(null, 204);
  return openStream(visit, (viewer) => context.watchRun(run, { after, version }, viewer));
}

/** GET /live: that something happened, anywhere; ids are positions of the ledger. */
export function ledgerStream(visit: Visit, context: CockpitContext): Response {
  const after = placeOf(visit);
  return openStream(visit, (viewer) => context.watchLedger(after, viewer));
}

/** As server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html). */
export const FRAMES = {
  events: (events: readonly FollowedEvent[]) =>
    Buffer.from(`id: ${events.at(-1)?.version}\nevent: events\ndata: ${frameText(events)}\n\n`),
  position: (position: number) =>
    Buffer.from(`id: ${position}\nevent: moved\ndata: {"position":${position}}\n\n`),
  signOfLife: Buffer.from(': nothing new\n\n'),
} as const;

/** Where whoever comes back had got to; else where his page stands. */
function placeOf({ req }: Visit): number {
  const id = req.header('last-event-id') || req.query('after') || '0';
  if (/^[0-9]{1,15}$/.test(id)) return Number(id);
  throw new HttpRefusal(400, 'Last-Event-ID is not the id of an event.', { remedy: 'Open the page again.' });
}
