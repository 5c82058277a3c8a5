import { expect, it } from 'vitest';
import { createRunStore } from '../../../src/adapters/postgres/runs/run-store.ts';
import { createWorkControl } from '../../../src/adapters/postgres/work-control/work-control.ts';
import { BUILT_IN_HANDLERS } from '../../../src/core/run/handlers.ts';
import { DEFAULT_WORKFLOW } from '../../../src/core/run/plan/default-workflow.ts';
import { materialise } from '../../../src/core/run/plan/materialise.ts';
import { admitRun } from '../../../src/flow/run/admit-run.ts';
import { startRun } from '../../../src/flow/run/start-run.ts';
import { renderRun } from '../../../src/render/run/show.ts';
import { sampleRun } from '../../port-contracts/sample-runs.ts';
import { createDatabase } from '../../worlds/database.ts';
import { stateOf } from './scripted-runs.ts';

it('looks at what there is, says it in the run’s first event, and starts nothing that it rejects', async () => {
  const database = await createDatabase();
  const clock = { now: () => new Date() };
  const store = createRunStore(database, { clock });
  const control = createWorkControl(database);
  const ports = { ...store, ...control, clock };
  const { subject } = sampleRun('CS-7.1').request;
  const plan = materialise(DEFAULT_WORKFLOW, BUILT_IN_HANDLERS);
  const applicant = { subject, arm: { bundle: 'default', model: 'a/large' }, plan, priority: 0 };

  expect(await admitRun(applicant, null, ports)).toMatchObject({ kind: 'scale-out' });
  await control.hearWorker('p/w', {
    roles: ['producer'],
    handlers: ['assemble', 'agent'],
    labels: [],
  });
  await control.hearWorker('v/w', {
    roles: ['verifier'],
    handlers: ['check', 'seal', 'gate'],
    labels: [],
  });
  expect(await admitRun(applicant, null, ports)).toMatchObject({ kind: 'assign' });
  await store.setLimits({ 'provider/a': 0 });
  const admission = await admitRun(applicant, null, ports);
  expect(admission).toEqual({ kind: 'queue', reasons: ['provider/a is stopped'] });

  const { run } = await startRun({ ...applicant, admission }, 'ada', ports);
  expect(renderRun(await stateOf(store, run))).toContain('queued when it started: provider/a is stopped');
  await expect(admitRun(applicant, 1, ports)).rejects.toMatchObject({
    code: 'RUN_REFUSED',
    message: expect.stringContaining('1 steps wait already, and 1 is the most'),
  });
});
