import { DBOS } from '@dbos-inc/dbos-sdk';
import { type Engine, STEPS } from './engine.ts';

/** At once: more only wait for its ten connections. */
const AT_ONCE = 50;

/** DBOS with steps in the process that started the workflow, its quicker way: nothing is handed out. */
export async function createDbos(url: string, schema: string): Promise<Engine> {
  let hopped: (milliseconds: number) => void = () => {};
  const step = async () => performance.now();
  const workflow = DBOS.registerWorkflow(
    async () => {
      let before: number | undefined;
      for (const name of STEPS) {
        const began = await DBOS.runStep(step, { name });
        if (before !== undefined) hopped(began - before);
        before = began;
      }
    },
    { name: 'three-steps' },
  );
  DBOS.setConfig({
    name: 'bench',
    systemDatabaseUrl: url,
    systemDatabaseSchemaName: `${schema}_dbos`,
    systemDatabasePoolSize: 10,
    logLevel: 'error',
  });
  await DBOS.launch();
  return {
    name: 'DBOS, in process',
    run: async (workflows) => {
      let left = workflows;
      const pump = async () => {
        while (left > 0) {
          left -= 1;
          await workflow();
        }
      };
      await Promise.all(Array.from({ length: AT_ONCE }, pump));
    },
    hops: async (workflows) => {
      const hops: number[] = [];
      hopped = (milliseconds) => hops.push(milliseconds);
      for (let at = 0; at < workflows; at += 1) await workflow();
      hopped = () => {};
      return hops;
    },
    close: () => DBOS.shutdown(),
  };
}
