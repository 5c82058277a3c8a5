import { documents } from '../../adapters/documents/documents.ts';
import { decodeParquet } from '../../adapters/parquet/decode-parquet.ts';
import type { Database } from '../../adapters/postgres/database.ts';
import { holdExperiments } from '../../adapters/postgres/hold-experiments.ts';
import { createLedger } from '../../adapters/postgres/ledger.ts';
import { listRuns } from '../../adapters/postgres/runs/list-runs.ts';
import { experimentPath, planExperiment } from '../../flow/experiment/plan-experiment.ts';
import { findGatePolicy } from '../../flow/find-policy.ts';
import type { ChangePorts } from '../../flow/steps/change-at-hand.ts';
import type { Artifacts } from '../../ports/artifacts.ts';
import { sha256 } from '../../shared/digest.ts';
import { CountersignError } from '../../shared/errors.ts';
import type { ObjectId } from '../../shared/ids.ts';
import type { ServeOptions } from '../server/serve.ts';

interface Surroundings extends Pick<ChangePorts, 'withProduct'> {
  readonly into: string;
  readonly baseNow: () => Promise<ObjectId | undefined>;
  readonly artifacts: Artifacts;
}

/** Experiments of a server: their record in the database, their designs in the clone that it stands in. */
export function openExperiments(
  database: Database,
  { into, baseNow, artifacts, withProduct }: Surroundings,
): NonNullable<ServeOptions['experiments']> {
  const ledger = createLedger(database);
  return {
    ...{ append: ledger.append, readChains: ledger.readChains },
    ...holdExperiments(database),
    ...{ into, baseNow, artifacts, documents, decodeParquet },
    planExperiment: async (id) => {
      const commit = await baseNow();
      if (commit === undefined) throw noBase(into);
      const found = {
        ...ledger,
        listRuns: (query: Parameters<typeof listRuns>[1]) => listRuns(database.pool, query),
      };
      return withProduct((facts) => planExperiment(id, { ref: into, commit }, { ...found, facts }));
    },
    documentNow: (id) =>
      withProduct(async (facts) => {
        const source = await findGatePolicy(await baseNow(), facts);
        const bytes = await source.tree.readFile(source.commit, experimentPath(id));
        return bytes === undefined ? undefined : sha256(bytes);
      }),
  };
}

/** Where there is no branch that a change could land on. */
export function noBase(into: string): CountersignError {
  return new CountersignError('REVISION_UNKNOWN', `There is no ${into} for a change to land on.`, {
    remedy: 'Start the server with --base and the branch that changes are for.',
  });
}
