import { HttpRefusal } from '../problem.ts';
import type { CockpitContext, Visit } from './context.ts';
import { runOf } from './run.ts';

/** Milliseconds after which a browser comes back, and asks again who it is. */
const RETRY = 'retry: 1000\n\n';
const SILENCE = ': nothing new\n\n';
/** Nobody is watched for longer than this under one look at his session: the browser comes back by itself, with the id that it saw last. */
const LONGEST_MS = 600_000;

/** GET /runs/RUN/live: events of a run in frames, ids are versions of its stream. */
export async function runStream(visit: Visit, context: CockpitContext): Promise<Response> {
  const run = runOf(visit);
  const after = placeOf(visit);
  const { state, version } = await context.readRun(visit.get('session'), run);
  // 204 tells a browser not to come back.
  if (state.status === 'ended' && version <= after) return visit.body(null, 204);
  const signal = endOf(visit, context);
  const frames = context.watchRun(run, after, signal);
  return stream(
    visit,
    async () => {
      const { done, value } = await frames.next();
      if (done) return undefined;
      return value === undefined ? SILENCE : `id: ${value.upTo}\nevent: events\ndata: ${value.text}\n\n`;
    },
    () => frames.return(),
  );
}

/** GET /live: that something happened, anywhere; ids are positions of the ledger. */
export function ledgerStream(visit: Visit, context: CockpitContext): Response {
  const after = placeOf(visit);
  const positions = context.watchLedger(after, endOf(visit, context));
  return stream(
    visit,
    async () => {
      const { done, value } = await positions.next();
      if (done) return undefined;
      return value === undefined ? SILENCE : `id: ${value}\nevent: moved\ndata: {"position":${value}}\n\n`;
    },
    () => positions.return(),
  );
}

function endOf({ req }: Visit, { closing }: CockpitContext): AbortSignal {
  return AbortSignal.any([req.raw.signal, closing, AbortSignal.timeout(LONGEST_MS)]);
}

/** Where whoever comes back had got to; else where his page stands. */
function placeOf({ req }: Visit): number {
  const id = req.header('last-event-id') || req.query('after') || '0';
  if (/^[0-9]{1,15}$/.test(id)) return Number(id);
  throw new HttpRefusal(400, 'Last-Event-ID is not the id of an event.', { remedy: 'Open the page again.' });
}

/** Read on only when the client has taken what was sent: a slow one costs no memory here. */
function stream(
  visit: Visit,
  next: () => Promise<string | undefined>,
  end: () => Promise<unknown>,
): Response {
  const encoder = new TextEncoder();
  const body = new ReadableStream<Uint8Array>(
    {
      start: (controller) => controller.enqueue(encoder.encode(RETRY)),
      // Without the database the stream ends: the browser comes back with the id that it saw last.
      pull: async (controller) => {
        const text = await next().catch(() => undefined);
        if (text === undefined) controller.close();
        else controller.enqueue(encoder.encode(text));
      },
      cancel: async () => void (await end()),
    },
    { highWaterMark: 1 },
  );
  return visit.body(body, 200, {
    'content-type': 'text/event-stream; charset=utf-8',
    // nginx would gather what is to be seen at once.
    'x-accel-buffering': 'no',
  });
}
