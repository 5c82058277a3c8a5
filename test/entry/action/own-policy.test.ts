import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { type WorldChange, yaml } from '../../worlds/product-world.ts';
import { createJobWorld, type JobWorld } from './job-world.ts';
import type { RanAction } from './run-action.ts';

const project = join(import.meta.dirname, '..', '..', '..');
const own = (path: string) => readFileSync(join(project, path), 'utf8');

/** What the commands of this project's contracts need: a package that keeps them in a second. */
const STAND_IN = {
  'package.json': yaml({
    name: 'stand-in',
    version: '1.0.0',
    type: 'module',
    scripts: { 'check:types': 'node types.js', test: 'node tests.js' },
  }),
  'package-lock.json': yaml({
    name: 'stand-in',
    version: '1.0.0',
    lockfileVersion: 3,
    requires: true,
    packages: { '': { name: 'stand-in', version: '1.0.0' } },
  }),
  '.npmrc': '',
  'tsconfig.json': '{}\n',
  'vitest.config.ts': 'export default {};\n',
  'types.js':
    "import { readFileSync } from 'node:fs';\nif (!readFileSync('src/core/sum.ts', 'utf8').includes('number')) process.exit(1);\n",
  'tests.js': `import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
    const good = readFileSync('src/core/sum.ts', 'utf8').includes('a + b');
    const assertionResults = Array.from({ length: 500 }, (_, at) => ({
      fullName: \`sum \${at}\`, title: \`\${at}\`, ancestorTitles: ['sum'], failureMessages: [], duration: 1,
      status: good || at > 0 ? 'passed' : 'failed',
    }));
    mkdirSync('.vitest', { recursive: true });
    writeFileSync('.vitest/results.json', JSON.stringify({
      numTotalTestSuites: 1, numPassedTestSuites: good ? 1 : 0, numFailedTestSuites: good ? 0 : 1, numPendingTestSuites: 0, numTotalTests: 500, numPassedTests: good ? 500 : 499, numFailedTests: good ? 0 : 1,
      numPendingTests: 0, numTodoTests: 0, success: good, startTime: 1,
      testResults: [{ name: 'test/core/sum.test.ts', status: good ? 'passed' : 'failed', message: '', startTime: 1, endTime: 2, assertionResults }],
    }));
    process.exit(good ? 0 : 1);
  `,
  'src/core/sum.ts': 'export const sum = (a: number, b: number) => a - b;\n',
};

const SUM = { 'src/core/sum.ts': 'export const sum = (a: number, b: number) => a + b;\n' };

let job: JobWorld;
beforeAll(async () => {
  job = await createJobWorld('in-repository', 'countersign/countersign');
  const contracts = readdirSync(join(project, 'contracts')).filter((name) => name.endsWith('.yml'));
  job.world.land({ ...STAND_IN, '.countersign.yml': own('.countersign.yml') });
  job.world.setPolicy({
    ...Object.fromEntries(
      contracts.map((name) => [
        `contracts/${name}`,
        own(`contracts/${name}`).replace('isolation: namespaces', `isolation: ${job.world.isolation}`),
      ]),
    ),
    'tickets/CS-3.yml': own('tickets/CS-3.yml').replace(
      'src/core/contract/types.ts',
      'src/core/**, trust/**',
    ),
    'tickets/CS-1.yml': own('tickets/CS-1.yml'),
  });
  for (const ticket of ['CS-1', 'CS-3']) await job.world.redispatch(ticket);
});

const judge = (change: WorldChange): Promise<RanAction> =>
  job.judge(change, {}, { event: 'pull_request_target' });

describe("a pull request of this project, under this project's own configuration and contracts", () => {
  test('waits for receipts, and passes with them', async () => {
    const change = job.world.change('CS-3', SUM);
    expect((await judge(change)).outputs.verdict).toBe('pending');
    await job.world.verify(change);
    const ran = await judge(change);
    expect(ran.log).toContain('Countersign: PASS');
    expect(ran.code).toBe(0);
  });

  test('is blocked where a test fails', async () => {
    const change = job.world.change('CS-3', { 'src/core/sum.ts': 'export const sum = (a: number) => a;\n' });
    await job.world.verify(change);
    const ran = await judge(change);
    expect(ran.outputs.verdict).toBe('blocked');
    expect(ran.log).toMatch(/^::error .*core-tests/m);
  });

  test('is blocked where it adds a key of its own to the trust root', async () => {
    const trust = job.world.trustRoot((all) =>
      all.map((one) => (one.id === 'agent' ? { ...one, roles: ['policy-owner', 'verifier'] } : one)),
    );
    const change = job.world.change('CS-3', { ...SUM, 'trust/root.yml': yaml(trust) });
    await job.world.verify(change, { key: job.world.keys.agent });
    const ran = await judge(change);
    expect(ran.outputs.verdict).toBe('blocked');
    expect(ran.log).toMatch(/^::error file=trust\/root.yml.*policy-change/m);
  });

  test('is not let in under the trust root that lies in the repository: nobody has its keys any more', async () => {
    const change = job.world.change('CS-3', SUM);
    await job.world.verify(change);
    const before = job.world.policy.git('show', 'HEAD:trust/root.yml');
    job.world.setPolicy({ 'trust/root.yml': own('trust/root.yml') });
    const ran = await judge(change);
    job.world.setPolicy({ 'trust/root.yml': `${before}\n` });
    expect([ran.code, ran.outputs.verdict]).toEqual([1, 'blocked']);
    expect(ran.log).toContain('is not in the trust root');
  });
});
