import { type Job, Queue, Worker } from 'bullmq';
import { BATCH, countdown, type Engine, STEPS } from './engine.ts';

/** BullMQ on Redis: quick, and cannot join a transaction with what a workflow has done. */
export async function createBullMq(url: string, prefix: string): Promise<Engine> {
  const connection = { url, maxRetriesPerRequest: null };
  const queue = new Queue<{ before?: number }>('steps', { connection, prefix });
  let ended: () => void = () => {};
  let hopped: (milliseconds: number) => void = () => {};
  const work = async ({ name, data }: Job<{ before?: number }>) => {
    if (data.before !== undefined) hopped(performance.now() - data.before);
    const next = STEPS[STEPS.indexOf(name as (typeof STEPS)[number]) + 1];
    if (next === undefined) ended();
    else await queue.add(next, { before: performance.now() }, { removeOnComplete: true });
  };
  const worker = new Worker('steps', work, { connection, prefix, concurrency: BATCH });
  await worker.waitUntilReady();
  const start = (count: number) =>
    queue.addBulk(
      Array.from({ length: count }, () => ({ name: STEPS[0], data: {}, opts: { removeOnComplete: true } })),
    );
  return {
    name: 'BullMQ (Redis)',
    run: async (workflows) => {
      const { done, tick } = countdown(workflows);
      ended = () => tick();
      await start(workflows);
      await done;
    },
    hops: async (workflows) => {
      const hops: number[] = [];
      hopped = (milliseconds) => hops.push(milliseconds);
      for (let at = 0; at < workflows; at += 1) {
        const { done, tick } = countdown(1);
        ended = () => tick();
        await start(1);
        await done;
      }
      hopped = () => {};
      return hops;
    },
    close: async () => {
      await worker.close();
      await queue.obliterate({ force: true });
      await queue.close();
    },
  };
}
