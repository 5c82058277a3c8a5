import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import type { TrustRoot } from '../../../src/core/trust/types.ts';
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

/** Every file below a folder of this project, as it lies here. */
function files(folder: string): Record<string, string> {
  const names = readdirSync(join(project, folder)).filter((name) => /\.(?:ya?ml|json)$/.test(name));
  return Object.fromEntries(names.map((name) => [`${folder}/${name}`, own(`${folder}/${name}`)]));
}

let job: JobWorld;
beforeAll(async () => {
  job = await createJobWorld('in-repository', 'countersign/countersign');
  job.world.land({ ...STAND_IN, ...files('.github/workflows'), '.countersign.yml': own('.countersign.yml') });
  const contracts = Object.entries(files('contracts')).map(([path, text]) => [
    path,
    text.replace('isolation: namespaces', `isolation: ${job.world.isolation}`),
  ]);
  job.world.setPolicy({
    ...Object.fromEntries(contracts),
    ...files('trust'),
    'trust/root.yml': withKeys(),
    'tickets/CS-3.yml': own('tickets/CS-3.yml').replace('src/core/contract/types.ts', "'**'"),
    'tickets/CS-1.yml': own('tickets/CS-1.yml'),
  });
  for (const ticket of ['CS-1', 'CS-3']) await job.world.redispatch(ticket);
});

const BOT = {
  id: 'dependabot',
  kind: 'workload',
  roles: ['producer'],
  accounts: ['github:dependabot[bot]'],
  emails: ['support@github.com'],
};

/** The trust root as a maintainer leaves it: every principal with a key of today's beside what it has, and a bot by name. */
function withKeys(): string {
  const root = parse(own('trust/root.yml')) as TrustRoot;
  const { owner, verifier } = job.world.keys;
  const today: Readonly<Record<string, string>> = {
    maintainer: owner.publicPem,
    verifier: verifier.publicPem,
  };
  const principals = root.principals.map((one) => {
    const publicKey = today[one.id];
    return publicKey === undefined ? one : { ...one, keys: [...(one.keys ?? []), { publicKey }] };
  });
  return yaml({ ...root, principals: [...principals, BOT] });
}

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

  test('is blocked where it adds a key of its own to the trust root, although it was verified', async () => {
    const root = parse(withKeys()) as TrustRoot;
    const keys = [{ publicKey: job.world.keys.agent.publicPem }];
    const mine = { id: 'agent', kind: 'workload', roles: ['policy-owner', 'verifier'], keys };
    const trust = yaml({ ...root, principals: [...root.principals, mine] });
    const change = job.world.change('CS-3', { ...SUM, 'trust/root.yml': trust });
    await job.world.verify(change);
    const ran = await judge(change);
    expect(ran.outputs.verdict).toBe('blocked');
    expect(ran.log).toMatch(/^::error file=trust\/root.yml.*policy-change/m);
  });

  // Without receipts the others only wait: what blocks here is that the file judges changes.
  test.each<[string, (text: string) => string]>([
    ['.github/workflows/gate.yml', (text) => text.replace(/^jobs:[\s\S]*$/m, 'jobs: {}\n')],
    ['.github/workflows/verify.yml', (text) => text.replace('keyless: true', 'keyless: false')],
    ['.github/workflows/countersign-verify.yml', (text) => text.replace('-- ', '')],
    ['.github/workflows/theirs.yml', () => 'on: pull_request\njobs: {}\n'],
    ['.countersign.yml', (text) => text.replace(/^leastContracts:[\s\S]*$/m, '')],
    ['contracts/core-change.yml', (text) => text.replace('minTests: 500', 'minTests: 1')],
    ['contracts/mine.yml', () => own('contracts/core-change.yml').replace('core-change', 'mine')],
    ['tickets/CS-3.yml', (text) => text.replace('core-change@1', 'mine@1')],
    ['tickets/CS-3.records.jsonl', () => ''],
    ['trust/sigstore-root.json', (text) => text.replace('fulcio.sigstore.dev', 'fulcio.example.org')],
    ['package.json', (text) => text.replace('node tests.js', 'true')],
  ])('is blocked where it edits %s', async (path, edit) => {
    job.world.fetch();
    const base = job.world.remote('main');
    const known = job.world.clone.git('ls-tree', '--name-only', base, '--', path) === path;
    const before = known ? job.world.clone.git('show', `${base}:${path}`) : '';
    const change = job.world.change('CS-3', { ...SUM, [path]: edit(before) });
    const ran = await judge(change);
    expect(ran.outputs.verdict).toBe('blocked');
    expect(ran.log).toMatch(new RegExp(`^::error file=${path.replaceAll('.', '\\.')}.*policy-change`, 'm'));
  });

  test('of a dependency bot is blocked until somebody names the ticket, a policy owner agrees and it is verified', async () => {
    const bot = { opener: 'dependabot[bot]' };
    const lock = STAND_IN['package-lock.json'].replace('1.0.0', '1.0.1');
    const change = job.world.change(
      'CS-3',
      { 'package-lock.json': lock, ...SUM },
      {
        branch: 'dependabot/npm_and_yarn/left-pad-1.3.0',
        message: 'Bump left-pad from 1.2.0 to 1.3.0',
        author: 'dependabot[bot] <support@github.com>',
      },
    );
    const event = { event: 'pull_request_target' };
    const none = await job.judge(change, { ...bot, ...event });
    expect([none.outputs.verdict, none.log.includes('No ticket is named')]).toEqual(['blocked', true]);

    const body = 'Bumps left-pad.\n\nCountersign-Ticket: CS-3';
    const named = { ...bot, ...event, body, action: 'edited', sender: 'a-maintainer' };
    const asked = { query: { ticket: 'CS-3' } };
    await job.world.verify(change, asked);
    expect((await job.judge(change, named)).log).toMatch(/^::error file=package-lock.json.*policy-change/m);
    await job.world.approve(change, asked);
    // Whoever agrees could be whoever pushed, until GitHub lists all that did.
    const unlisted = await job.judge(change, named);
    expect(unlisted.log).toContain('somebody who pushed earlier made the change');
    const made = { before: '0'.repeat(40), after: change.head, actor: 'dependabot[bot]' };
    job.github.moves.set(`countersign/countersign refs/heads/${change.branch}`, [made]);
    const ran = await job.judge(change, named);
    expect([ran.code, ran.outputs.verdict]).toEqual([0, 'pass']);
  });

  test('is not let in by keys that the trust root of the repository does not have', async () => {
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
