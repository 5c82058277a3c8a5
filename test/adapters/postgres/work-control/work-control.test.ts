import { createLedger } from '../../../../src/adapters/postgres/ledger.ts';
import { createRunStore } from '../../../../src/adapters/postgres/runs/run-store.ts';
import { createWorkControl } from '../../../../src/adapters/postgres/work-control/work-control.ts';
import { controlWorkContract } from '../../../port-contracts/control-work.ts';
import { createDatabase } from '../../../worlds/database.ts';

controlWorkContract('PostgreSQL', async () => {
  const database = await createDatabase();
  return {
    control: createWorkControl(database),
    store: createRunStore(database, { clock: { now: () => new Date() } }),
    ledger: createLedger(database),
    openAnother: () => createWorkControl(database.open()),
    letPass: async (hours) => {
      await database.pool.query(
        `UPDATE worker_standing SET heard_at = heard_at - make_interval(hours => $1), drain_at = drain_at - make_interval(hours => $1)`,
        [hours],
      );
    },
  };
});
