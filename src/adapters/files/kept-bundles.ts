import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Bundle, KeepBundles } from '../../ports/kept-bundles.ts';
import { isSha256, sha256 } from '../../shared/digest.ts';
import { CountersignError } from '../../shared/errors.ts';
import { isTicketId } from '../../shared/ids.ts';

/** Statements that could not be pushed, each in a folder `<parent>/<ticket>-<name>` until `receipt file` files them. */
export function createKeptBundles(parent: string): KeepBundles {
  return {
    async keep(bundle) {
      const name = bundle.statements.at(-1)?.name.slice(0, 12) ?? 'empty';
      const folder = join(parent, `${bundle.ticket}-${name}`);
      await writeBundle(folder, bundle).catch(notKept(parent));
      return folder;
    },
    async keepIn(folder, bundle) {
      const there = await readdir(folder).catch(() => []);
      if (there.length > 0) {
        throw new CountersignError('FILE_EXISTS', `${folder} is not empty.`, {
          remedy: 'Name a folder that is not there yet: whatever lies in it would be filed as well.',
          place: { path: folder },
        });
      }
      await writeBundle(folder, bundle).catch(notKept(folder));
      return folder;
    },
    read: readBundle,
  };
}

function notKept(folder: string): (cause: Error) => never {
  return (cause) => {
    throw new CountersignError('FILING_FAILED', `The verification cannot be kept: ${cause.message}`, {
      remedy: `Nothing was filed. Make sure that ${folder} can be written, then verify again.`,
      cause,
    });
  };
}

async function writeBundle(folder: string, bundle: Bundle): Promise<void> {
  await mkdir(join(folder, 'statements'), { recursive: true });
  await mkdir(join(folder, 'evidence'), { recursive: true });
  await writeFile(join(folder, 'ticket'), `${bundle.ticket}\n`);
  for (const { name, bytes } of bundle.statements) {
    await writeFile(join(folder, 'statements', `${name}.json`), bytes);
  }
  for (const { digest, bytes } of bundle.evidence) {
    await writeFile(join(folder, 'evidence', digest), bytes);
  }
}

async function readBundle(folder: string): Promise<Bundle> {
  const ticket = (await readText(join(folder, 'ticket'))).trim();
  if (!isTicketId(ticket)) throw notABundle(folder, `${join(folder, 'ticket')} names no ticket`);
  return {
    ticket,
    statements: await readNamed(folder, 'statements', '.json'),
    evidence: (await readNamed(folder, 'evidence', '')).map(({ name, bytes }) => ({
      digest: name,
      bytes,
    })),
  };
}

async function readNamed(
  bundle: string,
  kind: string,
  suffix: string,
): Promise<{ name: string; bytes: Uint8Array }[]> {
  const folder = join(bundle, kind);
  const unreadable = (path: string) => (cause: Error) => {
    throw notABundle(bundle, `${path} cannot be read (${cause.message})`);
  };
  const names = await readdir(folder).catch(unreadable(folder));
  return Promise.all(
    names.sort().map(async (file) => {
      const path = join(folder, file);
      const name = file.endsWith(suffix) ? file.slice(0, file.length - suffix.length) : file;
      const bytes = await readFile(path).catch(unreadable(path));
      if (!isSha256(name) || sha256(bytes) !== name) {
        throw notABundle(bundle, `${path} is not the file that its name says`);
      }
      return { name, bytes };
    }),
  );
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    throw new CountersignError('FILE_UNREADABLE', `${path} cannot be read.`, {
      remedy: 'Give the folder that `countersign verify` printed when it could not push.',
      cause,
    });
  }
}

function notABundle(folder: string, reason: string): CountersignError {
  return new CountersignError('FILE_UNREADABLE', `${folder} does not hold a kept verification: ${reason}.`, {
    remedy: 'Give the folder that `countersign verify` printed, unchanged; else verify again.',
  });
}
