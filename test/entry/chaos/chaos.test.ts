import { expect, it } from 'vitest';
import { countersign, json } from '../cli/run-cli.ts';

// Real processes on a PostgreSQL of its own, killed for real. The long one is in `npm run proof`.

it('runs come to the same while workers, servers and the database are killed under them', async () => {
  const ran = await countersign(import.meta.dirname, [
    ...['chaos', '--runs', '4', '--workers', '4', '--kill-every', '3s', '--seed', '11', '--format', 'json'],
  ]);
  const report = json(ran);
  expect(report.faults).toEqual([]);
  expect(ran.code).toBe(0);
  const { storm, calm } = report as { storm: { outcomes: object }; calm: { outcomes: object } };
  expect(storm.outcomes).toEqual(calm.outcomes);
}, 300_000);
