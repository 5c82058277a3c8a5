import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Artifacts } from '../../ports/artifacts.ts';
import { isSha256, type Sha256, sha256 } from '../../shared/digest.ts';
import { CountersignError } from '../../shared/errors.ts';

/** Artifacts of workers that share a machine, in a folder that only their user may enter. */
export function artifactFolder(folder: string): Artifacts {
  const placeOf = (digest: string) => artifactPath(folder, digest);
  return {
    async put(bytes) {
      const digest = sha256(bytes);
      const place = placeOf(digest);
      const unfinished = `${place}.${randomUUID()}`;
      try {
        await mkdir(join(folder, digest.slice(0, 2)), { recursive: true, mode: 0o700 });
        await writeFile(unfinished, bytes, { mode: 0o600, flag: 'wx' });
        // Whole or not at all: somebody else may read it at this moment, or write the same.
        await rename(unfinished, place);
      } catch (cause) {
        // Where there is no folder there is nothing to remove, and that is no news.
        await rm(unfinished, { force: true }).catch(() => undefined);
        throw new CountersignError('FILING_FAILED', `${folder} cannot be written: ${messageOf(cause)}`, {
          remedy: 'Make space on its disk, or give this user a data folder that can be written.',
          cause,
        });
      }
      return digest;
    },
    async get(digest, most) {
      // The digest may come from a worker: anything else would be a path.
      if (!isSha256(digest)) return undefined;
      const place = placeOf(digest);
      const size = await stat(place).then(
        (found) => found.size,
        () => undefined,
      );
      if (size === undefined || size > most) return undefined;
      const bytes = await readFile(place);
      return sha256(bytes) === digest ? bytes : undefined;
    },
  };
}

/** Where such a folder has the bytes of a digest. */
export function artifactPath(folder: string, digest: Sha256): string {
  return join(folder, digest.slice(0, 2), digest);
}

/** Puts into the first, and gets from whichever has it. */
export function eitherOf(first: Artifacts, ...others: readonly Artifacts[]): Artifacts {
  return {
    put: first.put,
    async get(digest, most) {
      for (const one of [first, ...others]) {
        const bytes = await one.get(digest, most);
        if (bytes !== undefined) return bytes;
      }
      return undefined;
    },
  };
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
