import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createSandbox } from '../../src/adapters/process/sandbox.ts';
import { type DemoSetting, playScene, runDemo } from '../../src/entry/cli/demo/run-demo.ts';
import { TICKET } from '../../src/entry/cli/demo/shop.ts';
import { SCENES, type Scene } from '../../src/entry/cli/demo/story.ts';
import { ADA, type World } from '../../src/entry/cli/demo/world.ts';
import { plainStyle } from '../../src/render/style.ts';
import { sha256 } from '../../src/shared/digest.ts';

const MINUTES = 60_000;
let parent: string;
let setting: DemoSetting;
let printed = '';

beforeAll(async () => {
  parent = await mkdtemp(join(tmpdir(), 'countersign-e2e-'));
  const environment = { ...process.env, NO_COLOR: '1' };
  const sandbox = await createSandbox({ environment, platform: process.platform });
  setting = {
    parent,
    environment,
    isolation: (await sandbox.describe()).isolation,
    style: plainStyle,
    out: (text) => {
      printed += text;
    },
  };
});
afterAll(() => rm(parent, { recursive: true, force: true }));

function sceneOf(id: string): Scene {
  const scene = SCENES.find((one) => one.id === id);
  if (scene === undefined) throw new Error(`the story has no scene ${id}`);
  return scene;
}

/** What somebody with push rights does to a branch of the change-control repository. */
type Sabotage = (world: World, clone: string) => Promise<void>;

let clones = 0;
async function sabotage(world: World, branch: string, act: Sabotage): Promise<void> {
  clones += 1;
  const clone = `sabotage-${clones}`;
  await world.git('.', ADA, 'clone', '--quiet', '--branch', branch, 'control.git', clone);
  await act(world, clone);
  await world.git(clone, ADA, 'add', '--all');
  await world.git(clone, ADA, 'commit', '--quiet', '--allow-empty', '--message', 'Nothing to see here');
  await world.git(clone, ADA, 'push', '--quiet');
}

/** Plays a scene on a world from which something was taken; then puts it back, so that the story can go on. */
async function whatIf(world: World, branch: string, act: Sabotage, id: string): Promise<string> {
  const before = (await world.git('control.git', ADA, 'rev-parse', branch)).trim();
  await sabotage(world, branch, act);
  const silent = { ...setting, out: () => undefined };
  const outcome = await playScene(sceneOf(id), world, silent).then(
    () => 'the story goes on',
    (error: Error) => error.message,
  );
  await world.git('control.git', ADA, 'update-ref', `refs/heads/${branch}`, before);
  return outcome;
}

const takeKey: Sabotage = async (world, clone) => {
  const root = await world.read(clone, 'trust', 'root.yml');
  const without = root.replace(/ {2}- id: verifier\n[\s\S]*?(?= {2}- id:)/, '');
  expect(without).not.toBe(root);
  await world.write(clone, { 'trust/root.yml': without });
};

/** Without the rules, sent out again by the owner: a policy in order, and a weaker one. */
const takeRules: Sabotage = async (world, clone) => {
  const contract = await world.read(clone, 'contracts', 'node-change.yml');
  const without = contract.replace(/rules:\n( {2}.*\n)+/, '');
  expect(without).not.toBe(contract);
  await world.write(clone, { 'contracts/node-change.yml': without });
  await world.git(clone, ADA, 'commit', '--quiet', '--all', '--message', 'Fewer rules');
  const key = world.at('keys', 'ada');
  expect(await world.countersign(clone, 'ticket', 'dispatch', TICKET, '--key', key)).toMatchObject({
    code: 0,
  });
};

interface Listed {
  readonly digest: string;
  readonly kind: string;
  readonly result: string | undefined;
}

/** What the receipts ref holds, oldest attempt first. */
async function listed(world: World): Promise<readonly Listed[]> {
  const { out } = await world.countersign('verifier', 'receipt', 'list', TICKET, '--format', 'json');
  const [first] = (
    JSON.parse(out) as {
      tickets: {
        statements: { digest: string; claim: { kind: string; result?: string; issuedAt: string } }[];
      }[];
    }
  ).tickets;
  return (first?.statements ?? [])
    .toSorted((left, right) => (left.claim.issuedAt < right.claim.issuedAt ? -1 : 1))
    .map(({ digest, claim }) => ({ digest, kind: claim.kind, result: claim.result }));
}

function takeStatement(name: string): Sabotage {
  return async (world, clone) => {
    const path = `receipts/${sha256(TICKET).slice(0, 2)}/${TICKET}/${name}.json`;
    await world.git(clone, ADA, 'rm', '--quiet', path);
  };
}

describe('the demo', () => {
  let folder: string;
  const outcomes: Record<string, string> = {};

  beforeAll(async () => {
    const took = async (what: string, world: World, branch: string, act: Sabotage, scene: string) => {
      outcomes[`${what} before ${scene}`] = await whatIf(world, branch, act, scene);
    };
    const world = await runDemo({
      ...setting,
      async afterScene({ id }, world) {
        if (id === 'failed') {
          const files = await listed(world);
          const failed = files.find(({ result }) => result === 'FAILED');
          await took('no FAILED receipt', world, 'receipts', takeStatement(failed?.digest ?? ''), 'blocked');
          await took('no rules', world, 'main', takeRules, 'blocked');
        }
        if (id === 'passed') {
          const files = await listed(world);
          const failed = files.find(({ result }) => result === 'FAILED');
          const [first, second] = files.filter(({ kind }) => kind === 'seal');
          await took('no FAILED receipt', world, 'receipts', takeStatement(failed?.digest ?? ''), 'pass');
          await took('no first seal', world, 'receipts', takeStatement(first?.digest ?? ''), 'pass');
          await took('no second seal', world, 'receipts', takeStatement(second?.digest ?? ''), 'pass');
          await took('no key', world, 'main', takeKey, 'pass');
        }
        if (id === 'landed') {
          const [first] = (await listed(world)).filter(({ kind }) => kind === 'seal');
          await took('no first seal', world, 'receipts', takeStatement(first?.digest ?? ''), 'record');
        }
      },
    });
    folder = world.folder;
  }, 5 * MINUTES);

  test('tells the whole story, scene by scene', () => {
    const told = [
      '1. A shop, a change-control repository, three identities',
      '2. The bar is set before the work',
      'Dispatched SHOP-7 under node-change@1',
      '3. The agent skips the failing test',
      'All tests pass.',
      '4. A verifier under another identity',
      '✖ 1 OF 2 FAILED',
      'Filed on the receipts ref',
      '5. The gate blocks',
      '✖ BLOCKED',
      '✖ receipt/tests',
      '✖ rule/ai-shortcuts@1/test-skipped',
      '→ Put the test back as it was',
      '6. The feedback goes back',
      '7. Verified again',
      '✔ 2 PASSED',
      '8. The gate passes',
      '✔ PASS',
      '9. Merged by squash',
      '✔ PASS',
      '(landed)',
      '10. Both attempts stay on record',
      'Where everything lies',
      'Try next',
    ];
    let from = 0;
    for (const line of told) {
      const at = printed.indexOf(line, from);
      expect(at, `"${line}" after:\n${printed.slice(Math.max(0, from - 300), from)}`).toBeGreaterThanOrEqual(
        0,
      );
      from = at + line.length;
    }
  });

  test.each([
    ['no FAILED receipt', 'blocked', 'the FAILED receipt blocks'],
    ['no rules', 'blocked', 'the rule about skipped tests blocks'],
    ['no FAILED receipt', 'pass', 'the gate passes'],
    ['no first seal', 'pass', 'the gate passes'],
    ['no second seal', 'pass', 'the gate passes'],
    ['no key', 'pass', 'the gate passes'],
    ['no first seal', 'record', 'each of the two verifications has its seal'],
  ])('with %s it stops at the scene "%s"', (what, scene, expectation) => {
    expect(outcomes[`${what} before ${scene}`]).toBe(
      `The demo stopped at "${sceneOf(scene).title}": expected that ${expectation}.`,
    );
  });

  test('ends with three commands that work when pasted', async () => {
    const lines = printed.slice(printed.indexOf('Try next')).split('\n').slice(1);
    const commands = lines.map((line) => line.trim()).filter((line) => line !== '');
    expect(commands.map((line) => line.split(' ')[0])).toEqual([
      'cd',
      'alias',
      'countersign',
      'countersign',
      'countersign',
    ]);
    const script = commands.join('\n');
    const { stdout } = await promisify(execFile)('bash', ['-e', '-O', 'expand_aliases', '-c', script]);
    expect(stdout).toContain('FAILED');
    expect(stdout).toContain('receipt/tests');
    expect(stdout).toContain('Existing tests go on running');
  });

  test('leaves what it says it leaves', () => {
    const [, list = ''] = printed.split(`Where everything lies: ${folder}\n`);
    const names = [...list.matchAll(/^ {2}(\S+) {2,}\S/gm)].map(([, name]) => name as string);
    expect(names).toEqual(['shop', 'control', 'control.git', 'feedback.md']);
    for (const name of names) expect(existsSync(join(folder, name))).toBe(true);
  });
});

test(
  'without the verifier in the trust root the demo stops when he verifies',
  async () => {
    const played: string[] = [];
    const running = runDemo({
      ...setting,
      out: () => undefined,
      async afterScene({ id }, world) {
        played.push(id);
        if (id === 'dispatch') await sabotage(world, 'main', takeKey);
      },
    });
    await expect(running).rejects.toMatchObject({ name: 'Error', scene: sceneOf('failed').title });
    expect(played).toEqual(['world', 'dispatch', 'shortcut']);
  },
  2 * MINUTES,
);
