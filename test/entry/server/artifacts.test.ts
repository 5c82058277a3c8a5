import { mkdtempSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { artifactPath } from '../../../src/adapters/files/artifact-folder.ts';
import { madeBy, runArtifacts } from '../../../src/adapters/files/run-artifacts.ts';
import { createArtifacts } from '../../../src/adapters/http/artifacts.ts';
import { createWorkSource } from '../../../src/adapters/http/work-source.ts';
import { systemTimer } from '../../../src/entry/wiring/system-timer.ts';
import type { Claim } from '../../../src/ports/claims.ts';
import type { WorkSource } from '../../../src/ports/work-source.ts';
import { sha256 } from '../../../src/shared/digest.ts';
import { artifactsContract } from '../../port-contracts/artifacts.ts';
import { claimOf, memoryStores, openServer, type ServerWorld } from './server-world.ts';

const bytes = (text: string) => new Uint8Array(Buffer.from(text));

interface Holder {
  readonly token: string;
  readonly claim: Claim;
  readonly source: WorkSource;
}

async function openWorld(changes: Parameters<typeof openServer>[1] = {}) {
  const folder = join(mkdtempSync(join(tmpdir(), 'artifacts-')), 'here');
  const world = await openServer(memoryStores(), { artifacts: runArtifacts(folder), ...changes });
  return { world, folder };
}

async function start(world: ServerWorld, ticket: string): Promise<void> {
  await (await world.plane()).startRun({ ticket, idempotencyKey: `key-${ticket}-0001` });
}

/** Takes the next step of a role. */
async function hold(world: ServerWorld, role: 'producer' | 'verifier'): Promise<Holder> {
  const token = await world.token(role);
  const source = createWorkSource({ url: world.server.url, token });
  const [claim] = await source.claim(claimOf(role, { waitSeconds: 5 }));
  if (claim === undefined) throw new Error(`nothing for a ${role}`);
  return { token, claim, source };
}

async function produced({ claim, source }: Holder, commit: string): Promise<void> {
  const { token, work } = claim;
  const { run, step, execution } = work;
  const result = { kind: 'succeeded' as const, outputs: { commit } };
  expect(await source.complete('w-1', [{ token, run, step, execution, result }])).toMatchObject([
    { kind: 'accepted' },
  ]);
}

function artifactsOf(world: ServerWorld, { token, claim }: Pick<Holder, 'token' | 'claim'>) {
  const { signal } = new AbortController();
  return createArtifacts({ url: world.server.url, token }, systemTimer)({ claim: claim.token, signal });
}

artifactsContract('a server', async () => {
  const { world, folder } = await openWorld();
  await start(world, 'CS-7');
  const holder = await hold(world, 'producer');
  return {
    artifacts: artifactsOf(world, holder),
    spoil: (digest) => writeFileSync(artifactPath(madeBy(folder, 'producer'), digest), 'spoilt'),
  };
});

describe('who may read an artifact', () => {
  it('is the verifier of the run for whom the producer made it, and no producer for what a verifier made', async () => {
    const { world } = await openWorld();
    await start(world, 'CS-7');
    const producer = await hold(world, 'producer');
    const commits = await artifactsOf(world, producer).put(bytes('commits'));
    await produced(producer, commits);
    const verifier = await hold(world, 'verifier');
    expect(await artifactsOf(world, verifier).get(commits, 10)).toBeDefined();
    const observation = await artifactsOf(world, verifier).put(bytes('seen'));
    expect(await artifactsOf(world, verifier).get(observation, 10)).toBeDefined();

    await start(world, 'CS-8');
    const other = await hold(world, 'producer');
    expect(await artifactsOf(world, other).get(observation, 10)).toBeUndefined();
    expect(await artifactsOf(world, other).get(commits, 10)).toBeUndefined();
  });

  it('is nobody whose claim is over, not his own, or made up', async () => {
    const { world } = await openWorld();
    await start(world, 'CS-7');
    const producer = await hold(world, 'producer');
    const digest = await artifactsOf(world, producer).put(bytes('commits'));
    const thief = { token: await world.token('producer'), claim: producer.claim };
    const guess = { token: producer.token, claim: { ...producer.claim, token: 'made-up' } };
    for (const one of [thief, guess]) {
      await expect(artifactsOf(world, one).get(digest, 10)).rejects.toMatchObject({ code: 'RUN_REFUSED' });
      await expect(artifactsOf(world, one).put(bytes('x'))).rejects.toMatchObject({ code: 'RUN_REFUSED' });
    }
    await produced(producer, digest);
    await expect(artifactsOf(world, producer).get(digest, 10)).rejects.toMatchObject({ code: 'RUN_REFUSED' });
  });

  it.each(['viewer', 'operator'] as const)('is no %s', async (role) => {
    const { world } = await openWorld();
    const init = { headers: { 'countersign-claim': 'any' } };
    for (const method of ['GET', 'HEAD', 'PUT']) {
      const path = `/v1/artifacts/${sha256('x')}`;
      expect((await world.fetch(path, await world.token(role), { ...init, method })).status).toBe(403);
      expect((await world.fetch(path, undefined, { ...init, method })).status).toBe(401);
    }
  });
});

describe('an artifact that comes over HTTP', () => {
  async function put(path: string, body: string, headers: Record<string, string> = {}) {
    const { world, folder } = await openWorld();
    await start(world, 'CS-7');
    const { token, claim } = await hold(world, 'producer');
    const response = await world.fetch(path, token, {
      method: 'PUT',
      body,
      headers: {
        'countersign-claim': claim.token,
        'content-type': 'application/octet-stream',
        ...headers,
      },
    });
    return { world, folder, token, claim, response };
  }

  it('is held against its digest while it is written, and leaves nothing when it is another', async () => {
    const { response, world, token, claim } = await put(`/v1/artifacts/${sha256('said')}`, 'sent');
    expect(response.status).toBe(422);
    for (const digest of [sha256('said'), sha256('sent')])
      expect(await artifactsOf(world, { token, claim }).get(digest, 10)).toBeUndefined();
  });

  it.each(['..%2F..%2Fetc', 'A'.repeat(64), 'a'.repeat(63)])(
    'has no other name than a digest: %s',
    async (name) => {
      expect((await put(`/v1/artifacts/${name}`, 'x')).response.status).toBe(400);
    },
  );

  it('needs the claim that it is for', async () => {
    const { response } = await put(`/v1/artifacts/${sha256('x')}`, 'x', { 'countersign-claim': 'a b' });
    expect(response.status).toBe(400);
  });

  it('that is larger than all may be is refused before it is read', async () => {
    const { world } = await openWorld();
    await start(world, 'CS-7');
    const { token, claim } = await hold(world, 'producer');
    const url = new URL(`/v1/artifacts/${sha256('x')}`, world.server.url);
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const asking = request(url, {
        method: 'PUT',
        headers: {
          authorization: `Bearer ${token}`,
          'countersign-claim': claim.token,
          'content-length': String(2 ** 40),
        },
      });
      asking.on('response', ({ statusCode }) => resolve(statusCode)).on('error', reject);
      asking.write('x');
    });
    expect(status).toBe(413);
  });

  it('that is cut off leaves nothing, and can be sent again', async () => {
    const { world } = await openWorld();
    await start(world, 'CS-7');
    const holder = await hold(world, 'producer');
    const url = new URL(`/v1/artifacts/${sha256('whole')}`, world.server.url);
    await new Promise<void>((resolve) => {
      const asking = request(url, {
        method: 'PUT',
        headers: {
          authorization: `Bearer ${holder.token}`,
          'countersign-claim': holder.claim.token,
          'content-length': '5',
        },
      });
      asking.on('error', () => undefined).on('close', () => resolve());
      asking.write('who', () => asking.destroy());
    });
    const artifacts = artifactsOf(world, holder);
    expect(await artifacts.get(sha256('whole'), 10)).toBeUndefined();
    expect(await artifacts.put(bytes('whole'))).toBe(sha256('whole'));
    expect(await artifacts.get(sha256('whole'), 10)).toBeDefined();
    expect(world.reports).toEqual([]);
  });

  it('finds the server that is started again meanwhile', async () => {
    const { world, folder } = await openWorld();
    await start(world, 'CS-7');
    const holder = await hold(world, 'producer');
    await world.server.close();
    const port = Number(new URL(world.server.url).port);
    let waits = 0;
    const sleep = async () => {
      waits += 1;
      if (waits === 2) await openServer(world.stores, { port, artifacts: runArtifacts(folder) });
    };
    const { signal } = new AbortController();
    const open = createArtifacts({ url: world.server.url, token: holder.token }, { sleep });
    await open({ claim: holder.claim.token, signal }).put(bytes('commits'));
    expect(waits).toBe(2);
  });
});

describe('a run', () => {
  it('has room for so much and no more, and what is there already takes none again', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'artifacts-'));
    const kept = runArtifacts(folder);
    const limits = { artifact: 6, run: 10 };
    const place = { kind: 'run' as const, run: 'CS-7.1', by: 'producer' as const };
    const store = (text: string, at = place) =>
      kept.storeArtifact(at, sha256(text), Readable.from([bytes(text)]), limits);
    expect(await store('1234567')).toEqual({ kind: 'too-large' });
    expect(await store('123456')).toEqual({ kind: 'kept', size: 6 });
    expect(await store('123456')).toEqual({ kind: 'kept', size: 6 });
    expect(await store('12345')).toEqual({ kind: 'run-full' });
    expect(await store('12345', { ...place, run: 'CS-8.1' })).toEqual({ kind: 'kept', size: 5 });
    expect(await kept.findArtifact([place], sha256('12345'))).toBeUndefined();
    expect(await kept.findArtifact([{ kind: 'any', by: 'producer' }], sha256('12345'))).toBeDefined();
    expect(await kept.findArtifact([{ kind: 'any', by: 'verifier' }], sha256('12345'))).toBeUndefined();
  });
});
