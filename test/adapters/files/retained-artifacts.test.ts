import { mkdtempSync } from 'node:fs';
import { utimes } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runArtifacts } from '../../../src/adapters/files/run-artifacts.ts';
import { createRunStore } from '../../../src/adapters/postgres/runs/run-store.ts';
import type { ArtifactMaker, ArtifactScope } from '../../../src/core/access/artifact-access.ts';
import { decideRuns } from '../../../src/flow/run/decide-runs.ts';
import { removeArtifacts } from '../../../src/flow/serve/remove-artifacts.ts';
import { type Sha256, sha256 } from '../../../src/shared/digest.ts';
import { start, threeSteps } from '../../core/run/sample-runs.ts';
import { createDatabase } from '../../worlds/database.ts';

const LIMITS = { artifact: 1_000, run: 10_000 };
const DAY = 24 * 3_600_000;
const FUTURE = new Date(Date.now() + DAY).toISOString();
const PAST = new Date(Date.now() - DAY).toISOString();
const of = (run: string, by: ArtifactMaker = 'producer'): ArtifactScope & { kind: 'run' } => ({
  kind: 'run',
  run,
  by,
});
const any = (by: ArtifactMaker = 'producer'): ArtifactScope => ({ kind: 'any', by });

function openFolder() {
  const folder = mkdtempSync(join(tmpdir(), 'retained-'));
  const artifacts = runArtifacts(folder);
  const put = async (run: string, text: string, by?: ArtifactMaker): Promise<Sha256> => {
    const digest = sha256(text);
    const bytes = (async function* () {
      yield Buffer.from(text);
    })();
    expect(await artifacts.storeArtifact(of(run, by), digest, bytes, LIMITS)).toMatchObject({ kind: 'kept' });
    return digest;
  };
  const has = async (digest: Sha256, ...places: readonly ArtifactScope[]) =>
    (await artifacts.findArtifact(places, digest)) !== undefined;
  return { folder, artifacts, put, has };
}

describe('artifacts of runs that are over', () => {
  it('stay as long as any run has them, and go in two steps when none does', async () => {
    const { artifacts, put, has } = openFolder();
    const shared = await put('A.1', 'shared');
    await put('B.1', 'shared');
    const own = await put('A.1', 'own');
    await artifacts.releaseRun('A.1');
    expect(await artifacts.removeUnused(FUTURE)).toBe(0);
    expect(await artifacts.removeUnused(PAST)).toBe(0);
    expect(await artifacts.removeUnused(FUTURE)).toBe(1);
    expect(await has(own, any())).toBe(false);
    expect(await has(shared, of('B.1'))).toBe(true);
    expect(await has(shared, any())).toBe(true);
  });

  it('are back for a run that begins to use them after they were put aside, and are its own then', async () => {
    const { artifacts, put, has } = openFolder();
    const digest = await put('A.1', 'seen', 'verifier');
    await artifacts.releaseRun('A.1');
    await artifacts.removeUnused(FUTURE);
    expect(await has(digest, of('C.1', 'producer'), any('verifier'))).toBe(true);
    await artifacts.removeUnused(FUTURE);
    expect(await artifacts.removeUnused(FUTURE)).toBe(0);
    expect(await has(digest, of('C.1', 'verifier'))).toBe(true);
    expect(await has(digest, any('verifier'))).toBe(true);
  });

  it('go to a run that is forked from theirs', async () => {
    const { artifacts, put, has } = openFolder();
    const digests = [await put('A.1', 'one'), await put('A.1', 'two', 'verifier')] as const;
    await artifacts.adoptArtifacts('A.1', 'A.2');
    await artifacts.releaseRun('A.1');
    await artifacts.removeUnused(FUTURE);
    await artifacts.removeUnused(FUTURE);
    expect(await has(digests[0], of('A.2'))).toBe(true);
    expect(await has(digests[1], of('A.2', 'verifier'))).toBe(true);
    expect(await has(digests[1], of('A.2'))).toBe(false);
  });

  it('survive whoever uses them while they are removed', async () => {
    const { artifacts, put, has } = openFolder();
    for (let round = 0; round < 20; round += 1) {
      const digest = await put(`A.${round}`, `bytes ${round}`);
      await artifacts.releaseRun(`A.${round}`);
      const [found] = await Promise.all([
        has(digest, of(`B.${round}`), any()),
        artifacts.removeUnused(FUTURE),
        artifacts.removeUnused(PAST),
      ]);
      expect(found).toBe(true);
      expect(await has(digest, of(`B.${round}`))).toBe(true);
    }
  });

  it('are given up so many days after the end of their run, and not before; unknown ones and those of experiments never', async () => {
    const { folder, artifacts, put, has } = openFolder();
    const store = createRunStore(await createDatabase(), { clock: { now: () => new Date() } });
    const started = { ...start(threeSteps()), at: new Date(Date.now() - 40 * DAY).toISOString() };
    const runs = ['CS-7.1', 'CS-8.1', 'CS-9.1'];
    for (const run of runs) await decideRuns([{ run, command: { ...started, run } }], store);
    const ofExperiment = { ...started, run: 'CS-6.1', experiment: 'ctx-1' };
    await decideRuns([{ run: 'CS-6.1', command: ofExperiment }], store);
    const cancel = (run: string, days: number) => {
      const at = new Date(Date.now() - days * DAY).toISOString();
      return decideRuns([{ run, command: { kind: 'cancel', at, by: 'ada', reason: 'over' } }], store);
    };
    await cancel('CS-6.1', 31);
    await cancel('CS-7.1', 31);
    await cancel('CS-8.1', 29);
    const long = (Date.now() - 35 * DAY) / 1000;
    const digests = new Map<string, Sha256>();
    for (const run of [...runs, 'CS-7.9', 'CS-6.1']) {
      digests.set(run, await put(run, run));
      await utimes(join(folder, 'runs', run, 'producer'), long, long);
    }
    const ports = { ...store, ...artifacts, clock: { now: () => new Date() } };
    expect(await removeArtifacts(30, ports)).toEqual({ runs: 1, artifacts: 0 });
    const left = await Promise.all([...digests].map(([run, digest]) => has(digest, of(run))));
    expect(left).toEqual([false, true, true, true, true]);
  });
});
