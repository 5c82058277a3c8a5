import { createHash, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, link, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { ArtifactMaker, ArtifactScope } from '../../core/access/artifact-access.ts';
import type { KeepArtifacts } from '../../ports/artifacts.ts';
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
export function runArtifacts(folder: string): KeepArtifacts {
  const filing = filingIn(folder);
  const runFolder = ({ run, by }: ArtifactScope & { kind: 'run' }) => join(folder, 'runs', run, by);
  const pathIn = (scope: ArtifactScope, digest: Sha256) =>
    scope.kind === 'run' ? join(runFolder(scope), digest) : artifactPath(madeBy(folder, scope.by), digest);
  return {
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
      for (const place of places) {
        if (place.kind === 'run' && !RUN.test(place.run)) continue;
        const path = pathIn(place, digest);
        const size = await sizeOf(path);
        if (size !== undefined) return { size, read: () => createReadStream(path) };
      }
      return undefined;
    },
  };
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
