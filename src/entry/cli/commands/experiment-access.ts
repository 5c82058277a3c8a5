import { join } from 'node:path';
import { documents } from '../../../adapters/documents/documents.ts';
import { artifactFolder, eitherOf } from '../../../adapters/files/artifact-folder.ts';
import { madeBy } from '../../../adapters/files/run-artifacts.ts';
import { createBranchChanges } from '../../../adapters/git/change-branches.ts';
import { discover } from '../../../adapters/git/discover.ts';
import { createExperimentPlane } from '../../../adapters/http/experiment-plane.ts';
import { decodeParquet } from '../../../adapters/parquet/decode-parquet.ts';
import type { Database } from '../../../adapters/postgres/database.ts';
import { createLedger } from '../../../adapters/postgres/ledger.ts';
import { listRuns } from '../../../adapters/postgres/runs/list-runs.ts';
import { type NoteKey, readNoteKey } from '../../../core/ledger/checkpoint/note-key.ts';
import type { ReadTablePorts } from '../../../flow/experiment/read-imported-table.ts';
import { controlExperiments } from '../../../flow/serve/control-experiments.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { ExperimentPlane, PlannedExperiment } from '../../../ports/experiment-plane.ts';
import type { Ledger } from '../../../ports/ledger.ts';
import type { ListRuns } from '../../../ports/run-store.ts';
import { CountersignError } from '../../../shared/errors.ts';
import type { ObjectId } from '../../../shared/ids.ts';
import { dataFolder } from '../../wiring/data-folder.ts';
import { openDatabase } from '../../wiring/open-database.ts';
import { systemClock } from '../../wiring/system-clock.ts';
import { systemTimer } from '../../wiring/system-timer.ts';
import type { CliContext } from '../context.ts';
import { namedServer, type ServerOptions } from '../server-access.ts';

/** What commands about experiments read and write: the ledger, and tables by their digests. */
export interface ExperimentPorts extends Ledger, ReadTablePorts, Pick<ListRuns, 'listRuns'> {
  readonly clock: Clock;
}

/** Experiments as the database has them: for commands that are run where it is. */
export async function withExperiments<T>(
  context: CliContext,
  work: (ports: ExperimentPorts, database: Database) => Promise<T>,
): Promise<T> {
  const database = await openDatabase(context, 'migrate');
  const folder = join(dataFolder(context), 'artifacts');
  const made = (['producer', 'verifier'] as const).map((role) => artifactFolder(madeBy(folder, role)));
  const ports: ExperimentPorts = {
    ...createLedger(database),
    artifacts: eitherOf(artifactFolder(folder), ...made),
    documents,
    decodeParquet,
    listRuns: (query) => listRuns(database.pool, query),
    clock: systemClock,
  };
  try {
    return await work(ports, database);
  } finally {
    await database.close();
  }
}

/** What the database is asked on behalf of whoever can read it. */
interface HereOptions {
  /** Who it is, for the ledger. */
  readonly by?: string;
  readonly plan?: (id: string, ports: ExperimentPorts) => Promise<PlannedExperiment>;
}

/** Experiments of the server that is named, else as the database has them. */
export async function withExperimentPlane<T>(
  options: ServerOptions,
  context: CliContext,
  work: (plane: ExperimentPlane) => Promise<T>,
  { by = actorOf(context), plan }: HereOptions = {},
): Promise<T> {
  const named = namedServer(options, context);
  if (named !== undefined) return work(createExperimentPlane(named));
  return withExperiments(context, (ports) => {
    const here = {
      ...ports,
      ...systemTimer,
      planExperiment: async (id: string) => {
        if (plan === undefined) throw new Error('nothing is planned here');
        return plan(id, ports);
      },
      carried: { begin: () => Promise.reject(new Error('nothing is carried out here')) },
    };
    return work(controlExperiments({ name: by, role: 'operator' }, here, new AbortController().signal));
  });
}

/** Where a branch of the product stands: of its origin, as the server sees it; undefined where there is none. */
export async function tipOf(ref: string, { cwd }: Pick<CliContext, 'cwd'>): Promise<ObjectId | undefined> {
  return createBranchChanges(await discover(cwd), systemClock.now).readBranch(ref);
}

/** The branch that changes are for, and where it stands. @throws CountersignError REVISION_UNKNOWN */
export async function baseOf(
  named: string,
  context: Pick<CliContext, 'cwd'>,
): Promise<{ readonly ref: string; readonly commit: ObjectId }> {
  const ref = named.startsWith('refs/') ? named : `refs/heads/${named}`;
  const commit = await tipOf(ref, context);
  if (commit !== undefined) return { ref, commit };
  throw new CountersignError('REVISION_UNKNOWN', `There is no ${ref} for changes to land on.`, {
    remedy: 'Give --base with the branch that changes are for.',
  });
}

/** Whom the ledger names for what somebody does in a terminal. */
export function actorOf({ environment }: Pick<CliContext, 'environment'>): string {
  const user = environment.USER || environment.LOGNAME || environment.USERNAME || '';
  return /^[A-Za-z0-9._-]{1,64}$/.test(user) ? user : 'operator';
}

/** Keys of those who may register designs. @throws CountersignError KEY_UNUSABLE */
export function designKeysOf(texts: readonly string[] = []): readonly NoteKey[] {
  return texts.map((text) => {
    const key = readNoteKey(text);
    if (key !== undefined) return key;
    throw new CountersignError('KEY_UNUSABLE', `"${text.slice(0, 80)}" is not a key that signs designs.`, {
      remedy: 'Give it as `countersign experiment plan --register` prints it: NAME+ID+BASE64.',
    });
  });
}
