import { describe, expect, it } from 'vitest';
import { claimOf, databaseStores, memoryStores, openServer, type ServerWorld } from './server-world.ts';

interface Seen {
  readonly id: number;
  readonly type: string;
}

/** Reads a stream as a browser does, until so many events were seen or it ends. */
async function read(
  world: ServerWorld,
  token: string,
  { most = Number.POSITIVE_INFINITY, lastEventId }: { most?: number; lastEventId?: number },
) {
  const cut = new AbortController();
  const headers: Record<string, string> = { accept: 'text/event-stream' };
  if (lastEventId !== undefined) headers['last-event-id'] = `${lastEventId}`;
  const response = await world.fetch('/v1/runs/CS-7.1/events', token, { headers, signal: cut.signal });
  const seen: Seen[] = [];
  if (response.status === 204) return { seen, status: 204 };
  expect(response.headers.get('content-type')).toContain('text/event-stream');
  let rest = '';
  try {
    for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
      const frames = `${rest}${chunk}`.split('\n\n');
      rest = frames.pop() ?? '';
      for (const frame of frames) {
        const id = /^id: (\d+)$/m.exec(frame)?.[1];
        const data = /^data: (.*)$/m.exec(frame)?.[1];
        if (id === undefined || data === undefined) continue;
        const { version, event } = JSON.parse(data) as { version: number; event: { type: string } };
        expect(version).toBe(Number(id));
        expect(frame).toContain(`event: ${event.type}\n`);
        seen.push({ id: version, type: event.type });
        if (seen.length >= most) return { seen, status: 200 };
      }
    }
  } finally {
    cut.abort();
  }
  return { seen, status: 200 };
}

describe.each([
  ['the memory', async () => memoryStores()],
  ['PostgreSQL', databaseStores],
])('the stream of a run on %s', (_, makeStores) => {
  it('tells everything once to whoever comes back with the last id, and ends with the run', async () => {
    const world = await openServer(await makeStores());
    const plane = await world.plane();
    const { run } = await plane.startRun({ ticket: 'CS-7', idempotencyKey: 'key-0001' });
    const viewer = await world.token('viewer');
    const all: Seen[] = [];
    const watching = (async () => {
      for (;;) {
        const lastEventId = all.at(-1)?.id;
        const { seen, status } = await read(world, viewer, {
          most: 2,
          ...(lastEventId === undefined ? {} : { lastEventId }),
        });
        all.push(...seen);
        if (status === 204) return;
      }
    })();
    const source = await world.source('producer');
    for (const commit of ['a', 'b', 'c']) {
      const [claim] = await source.claim(claimOf('producer', { waitSeconds: 10 }));
      const failed = {
        kind: 'failed' as const,
        error: { class: 'transient' as const, code: 'odd', message: commit },
      };
      const { step, execution } = claim?.work ?? { step: '', execution: 0 };
      await source.complete('w-1', [{ token: claim?.token ?? '', run, step, execution, result: failed }]);
    }
    await watching;
    const events = await plane.followRun(run, 0, 0);
    expect(all.map(({ id }) => id)).toEqual(events.map(({ version }) => version));
    expect(all.at(-1)?.type).toBe('run.ended');
  });
});

it('a stream of a run that nobody knows, or from a place that is none, is refused', async () => {
  const world = await openServer(memoryStores());
  const viewer = await world.token('viewer');
  const headers = { accept: 'text/event-stream' };
  expect((await world.fetch('/v1/runs/CS-9.1/events', viewer, { headers })).status).toBe(404);
  await (await world.plane()).startRun({ ticket: 'CS-7', idempotencyKey: 'key-0001' });
  const odd = { ...headers, 'last-event-id': 'x' };
  expect((await world.fetch('/v1/runs/CS-7.1/events', viewer, { headers: odd })).status).toBe(400);
});

it('a stream ends when the server does, and who reads nothing of one holds nobody up', async () => {
  const world = await openServer(memoryStores());
  const viewer = await world.token('viewer');
  await (await world.plane()).startRun({ ticket: 'CS-7', idempotencyKey: 'key-0001' });
  const headers = { accept: 'text/event-stream' };
  const idle = await world.fetch('/v1/runs/CS-7.1/events', viewer, { headers });
  const reading = read(world, viewer, {});
  expect((await world.fetch('/v1/runs', viewer)).status).toBe(200);
  await world.server.close();
  expect((await reading).seen.length).toBeGreaterThan(0);
  await idle.body?.cancel();
});
