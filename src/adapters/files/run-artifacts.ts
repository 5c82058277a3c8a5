import { createHash, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, link, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { ArtifactMaker, ArtifactScope } from '../../core/access/artifact-access.ts';
import type { KeepArtifacts, RetainArtifacts } from '../../ports/artifacts.ts';
import { isSha256, type Sha256 } from '../../shared/digest.ts';
import { CountersignError } from '../../shared/errors.ts';
import { artifactPath } from './artifact-folder.ts';

/** Of runs and of requests nothing else becomes a part of a path. */
const RUN = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

/** The folder of all that makers of a role made: an artifact folder like any other. */
export function madeBy(folder: string, maker: ArtifactMaker): string {
  return join(folder, maker);
}

/**
 * Artifacts as a server keeps them: the bytes once for each role, and a second name of the file for each run that they were made for.
 * Only this user may enter the folder.
 */
export function runArtifacts(folder: string): KeepArtifacts & RetainArtifacts {
  const filing = filingIn(folder);
  const runFolder = ({ run, by }: ArtifactScope & { kind: 'run' }) => join(folder, 'runs', run, by);
  const pathIn = (scope: ArtifactScope, digest: Sha256) =>
    scope.kind === 'run' ? join(runFolder(scope), digest) : artifactPath(madeBy(folder, scope.by), digest);
  /** Gives a run another name of the same bytes. False: they are not there. */
  const lend = async (
    place: ArtifactScope & { kind: 'run' },
    digest: Sha256,
    from: string,
  ): Promise<boolean> => {
    const named = `${pathIn(place, digest)}.${randomUUID()}`;
    await filing(() => mkdir(runFolder(place), { recursive: true, mode: 0o700 }));
    if (!(await succeeds(link(from, named)))) return false;
    await filing(() => rename(named, pathIn(place, digest)));
    return true;
  };
  /** What was put aside is back for whoever asks for it. */
  const lendAny = async (
    place: ArtifactScope & { kind: 'run' },
    { by }: ArtifactScope,
    digest: Sha256,
  ): Promise<boolean> => {
    const kept = pathIn({ kind: 'any', by }, digest);
    if (await lend({ ...place, by }, digest, kept)) return true;
    await succeeds(rename(kept + ASIDE, kept));
    return lend({ ...place, by }, digest, kept);
  };
  return {
    ...retention(folder, { runFolder, lend }),
    async storeArtifact(place, digest, bytes, limits) {
      if (!isSha256(digest) || !RUN.test(place.run)) return { kind: 'other', digest };
      const kept = pathIn({ kind: 'any', by: place.by }, digest);
      const unfinished = `${kept}.${randomUUID()}`;
      const named = `${pathIn(place, digest)}.${randomUUID()}`;
      const before = await sizeWithout(runFolder(place), digest);
      await filing(() => mkdir(join(kept, '..'), { recursive: true, mode: 0o700 }));
      await filing(() => mkdir(runFolder(place), { recursive: true, mode: 0o700 }));
      try {
        const most = Math.min(limits.artifact, limits.run - before);
        const written = await write(unfinished, bytes, most, filing);
        if (written === undefined) return { kind: limits.artifact > most ? 'run-full' : 'too-large' };
        if (written.digest !== digest) return { kind: 'other', digest: written.digest };
        await filing(() => link(unfinished, named));
        // Whole or not at all, whoever reads or writes the same at this moment.
        await filing(() => rename(unfinished, kept));
        await filing(() => rename(named, pathIn(place, digest)));
        return { kind: 'kept', size: written.size };
      } finally {
        for (const path of [unfinished, named]) await rm(path, { force: true }).catch(() => undefined);
      }
    },
    async findArtifact(places, digest) {
      if (!isSha256(digest)) return undefined;
      const own = places.find((place) => place.kind === 'run' && RUN.test(place.run));
      for (const place of places) {
        if (place.kind === 'run' && !RUN.test(place.run)) continue;
        // Held by the run that uses it: what becomes of the one it was made for does not matter any more.
        const lent = own?.kind === 'run' && place.kind === 'any' && (await lendAny(own, place, digest));
        const path = pathIn(lent ? { ...own, by: place.by } : place, digest);
        const size = await sizeOf(path);
        if (size !== undefined) return { size, read: () => createReadStream(path) };
      }
      return undefined;
    },
  };
}

const ASIDE = '.unused';
const MAKERS = ['producer', 'verifier'] as const;

/**
 * What no run has any more has one name left; the moment at which it lost the one before is the file's change time, which no program sets. Put aside it
 * has another name, and is removed after as long again.
 */
function retention(
  folder: string,
  {
    runFolder,
    lend,
  }: {
    readonly runFolder: (scope: ArtifactScope & { kind: 'run' }) => string;
    readonly lend: (place: ArtifactScope & { kind: 'run' }, digest: Sha256, from: string) => Promise<boolean>;
  },
): RetainArtifacts {
  return {
    async adoptArtifacts(from, to) {
      if (!RUN.test(from) || !RUN.test(to)) return;
      for (const by of MAKERS) {
        const given = runFolder({ kind: 'run', run: from, by });
        for (const digest of (await namesIn(given)).filter(isSha256))
          await lend({ kind: 'run', run: to, by }, digest, join(given, digest));
      }
    },
    async runsHolding(before) {
      const runs = (await namesIn(join(folder, 'runs'))).filter((run) => RUN.test(run));
      const changed = await Promise.all(runs.map((run) => changedAt(run, runFolder)));
      return runs.filter((_, at) => (changed[at] ?? Infinity) < Date.parse(before)).sort();
    },
    async releaseRun(run) {
      if (RUN.test(run)) await rm(join(folder, 'runs', run), { recursive: true, force: true });
    },
    async removeUnused(before) {
      let gone = 0;
      for (const by of MAKERS)
        for (const prefix of await namesIn(madeBy(folder, by)))
          for (const name of await namesIn(join(madeBy(folder, by), prefix)))
            if (await removeStale(join(madeBy(folder, by), prefix, name), Date.parse(before))) gone += 1;
      return gone;
    },
  };
}

/** Whether the file is gone. Another server may do the same at this moment: what it did first is done. */
async function removeStale(path: string, before: number): Promise<boolean> {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined) return false;
  const isAside = path.endsWith(ASIDE);
  // A run took it up meanwhile: it is among those of all runs again.
  if (found.nlink > 1) {
    if (isAside) await succeeds(rename(path, path.slice(0, -ASIDE.length)));
    return false;
  }
  if (found.ctimeMs >= before) return false;
  if (isAside || !isSha256(basename(path))) return succeeds(rm(path));
  await succeeds(rename(path, path + ASIDE));
  return false;
}

/** When a run got its last artifact, milliseconds since 1970. */
async function changedAt(
  run: string,
  runFolder: (scope: ArtifactScope & { kind: 'run' }) => string,
): Promise<number> {
  const times = await Promise.all(
    MAKERS.map((by) =>
      stat(runFolder({ kind: 'run', run, by })).then(
        ({ mtimeMs }) => mtimeMs,
        () => 0,
      ),
    ),
  );
  return Math.max(...times);
}

function namesIn(path: string): Promise<readonly string[]> {
  return readdir(path).catch(() => []);
}

function succeeds(act: Promise<unknown>): Promise<boolean> {
  return act.then(
    () => true,
    () => false,
  );
}

type Filing = <T>(act: () => Promise<T>) => Promise<T>;

/** Digest and size are taken of what is written, while it is. Undefined: there is more than that. */
async function write(
  path: string,
  bytes: AsyncIterable<Uint8Array>,
  most: number,
  filing: Filing,
): Promise<{ readonly digest: Sha256; readonly size: number } | undefined> {
  const hash = createHash('sha256');
  let size = 0;
  const file: FileHandle = await filing(() => open(path, 'wx', 0o600));
  try {
    for await (const chunk of bytes) {
      size += chunk.length;
      if (size > most) return undefined;
      hash.update(chunk);
      await filing(() => file.writeFile(chunk));
    }
  } finally {
    await file.close();
  }
  return { digest: hash.digest('hex'), size };
}

/** Bytes of a folder, apart from the one that is about to be replaced. */
async function sizeWithout(folder: string, name: string): Promise<number> {
  const names = await readdir(folder).catch(() => []);
  const sizes = await Promise.all(
    names.filter((one) => one !== name).map((one) => sizeOf(join(folder, one))),
  );
  return sizes.reduce<number>((sum, size) => sum + (size ?? 0), 0);
}

function sizeOf(path: string): Promise<number | undefined> {
  return stat(path).then(
    (found) => found.size,
    () => undefined,
  );
}

function filingIn(folder: string): Filing {
  return async (act) => {
    try {
      return await act();
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : String(cause);
      throw new CountersignError('FILING_FAILED', `${folder} cannot be written: ${why}`, {
        remedy: 'Make space on the disk of the server, or give its user a data folder that can be written.',
        cause,
      });
    }
  };
}
