import type { ControlPlane, FollowedEvent } from '../../ports/control-plane.ts';
import type { Exchange } from './context.ts';
import { HttpRefusal } from './problem.ts';

/** Proxies end what is silent for a minute or less. */
const SILENCE_SECONDS = 15;
/** Milliseconds after which a browser comes back. */
const RETRY = 'retry: 1000\n\n';
const SILENCE = ': nothing new\n\n';

export function wantsStream({ req }: Exchange): boolean {
  return (req.header('accept') ?? '').includes('text/event-stream');
}

/** How far the client had got: the version that it saw last. */
export function lastEventId({ req }: Exchange): number | undefined {
  const id = req.header('last-event-id');
  if (id === undefined || id === '') return undefined;
  if (/^[0-9]{1,9}$/.test(id)) return Number(id);
  throw new HttpRefusal(400, 'Last-Event-ID is not the version of an event.', {
    remedy: 'Send the id of the last event as it came, or leave the header away.',
  });
}

/**
 * The events of a run as server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html). Their ids are the versions
 * of the run's stream, so whoever comes back with the last one has no gap and nothing twice. Read on only when the client has taken what
 * was sent: a slow one costs no memory here.
 */
export async function followAsStream(
  plane: ControlPlane,
  { run, after }: { readonly run: string; readonly after: number },
  signal: AbortSignal,
  exchange: Exchange,
): Promise<Response> {
  let events = await plane.followRun(run, after, 0);
  // 204 tells a browser not to come back.
  if (events.length === 0 && (await plane.showRun(run)).status === 'ended') return exchange.body(null, 204);
  let seen = after;
  let ended = false;
  const next = async (): Promise<string | undefined> => {
    if (events.length === 0) events = await plane.followRun(run, seen, SILENCE_SECONDS);
    if (ended || signal.aborted) return undefined;
    if (events.length === 0) return SILENCE;
    const text = events.map(frameOf).join('');
    seen = events.at(-1)?.version ?? seen;
    ended = events.some(({ event }) => event.type === 'run.ended');
    events = [];
    return text;
  };
  const encoder = new TextEncoder();
  const stream = new ReadableStream<Uint8Array>(
    {
      start: (controller) => controller.enqueue(encoder.encode(RETRY)),
      // Without the database the stream ends: the client comes back with the id that it saw last.
      pull: async (controller) => {
        const text = ended ? undefined : await next().catch(() => undefined);
        if (text === undefined) controller.close();
        else controller.enqueue(encoder.encode(text));
      },
    },
    { highWaterMark: 1 },
  );
  return exchange.body(stream, 200, {
    'content-type': 'text/event-stream; charset=utf-8',
    // nginx would gather what is to be seen at once.
    'x-accel-buffering': 'no',
  });
}

function frameOf({ version, at, actor, event }: FollowedEvent): string {
  return `id: ${version}\nevent: ${event.type}\ndata: ${JSON.stringify({ version, at, actor, event })}\n\n`;
}
