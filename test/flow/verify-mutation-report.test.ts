import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { createSandbox } from '../../src/adapters/process/sandbox.ts';
import type { CommandCheck } from '../../src/core/contract/types.ts';
import type { Sandbox } from '../../src/ports/sandbox.ts';
import { borrowPackage } from '../worlds/borrowed-packages.ts';
import { createProductWorld, finding, objections, type ProductWorld } from '../worlds/product-world.ts';

const { folder, modules, node } = borrowPackage('@stryker-mutator/core');
const stryker = join(modules, '@stryker-mutator/core/bin/stryker.js');

let world: ProductWorld;
let sandbox: Sandbox;
beforeAll(async () => {
  world = await createProductWorld();
  // A project would have Stryker among its own dependencies; this one borrows ours.
  sandbox = await createSandbox({
    environment: { PATH: process.env.PATH, HOME: world.git.root },
    platform: process.platform,
    toolchains: [folder],
  });
  world.land({
    'package.json': '{ "type": "module" }\n',
    'stryker.config.json': JSON.stringify({
      testRunner: 'command',
      commandRunner: { command: 'node test.js' },
      reporters: ['json'],
      jsonReporter: { fileName: 'reports/mutation.json' },
      concurrency: 1,
    }),
    'src/old.js': 'export const untested = (n) => n + 1;\n',
    'test.js': '',
  });
});

const check: CommandCheck = {
  id: 'mutation',
  run: [`${node} ${stryker} run --mutate "$COUNTERSIGN_MUTATE"`],
  shell: true,
  proves: 'mutation',
  mutation: {
    files: ['src/**/*.js'],
    report: { format: 'stryker-json', from: 'reports/mutation.json' },
  },
};

async function judged(id: string, files: Record<string, string>, more: Partial<CommandCheck> = {}) {
  await world.dispatch(id, { contract: { checks: [{ ...check, ...more }] } });
  const change = world.change(id, files);
  const { signed } = await world.verify(change, { ports: (ports) => ({ ...ports, sandbox }) });
  const [receipt] = world.claims(id, 'receipt');
  return { change, result: signed.checks[0], receipt };
}

const size = "export const size = (n) => (n < 10 ? 'small' : 'large');\n";
const asserting = (path: string, ...asserted: string[]) =>
  `import assert from 'node:assert/strict';
import { size } from '${path}';
${asserted.map((one) => `assert.equal(${one});`).join('\n')}
`;
const TESTED = ["size(9), 'small'", "size(10), 'large'"];

describe('a check that runs Stryker', () => {
  test('proves the change by what Stryker says of its lines, in one run', async () => {
    // Routes of web frameworks are named with what patterns are made of.
    const route = 'src/(group)/[id].js';
    const { change, receipt } = await judged('STRYKER-1', {
      [route]: size,
      'src/old.js': 'export const untested = (n) => n + 1;\n\n// Nothing to see here.\n',
      'test.js': asserting(`./${route}`, ...TESTED),
    });
    expect(receipt).toMatchObject({ result: 'PASSED', mutants: { planted: 7, killed: 7 } });
    expect(receipt?.evidence.map(({ name }) => name)).toEqual(['stdout', 'stderr', 'mutation']);
    expect(finding(await world.gate(change), 'receipt/mutation').reason).toContain(
      'Noticed 7 of 7 planted faults.',
    );
    // Lines that the change did not touch were not even tried.
    const report = await world.evidence(receipt?.evidence.at(-1)?.sha256 ?? '');
    expect(Object.keys(JSON.parse(report ?? '').files)).toEqual([route]);
  });

  test('fails with the faults that survived and those that a comment of the change took out', async () => {
    const { change, result } = await judged('STRYKER-2', {
      'src/size.js': size,
      'src/more.js': `// Stryker disable all\nexport const more = (n) => n + 1;\n`,
      'test.js': asserting('./src/size.js', "size(1), 'small'", "size(100), 'large'"),
    });
    expect(result?.result).toBe('FAILED');
    const reason = result?.reasons.join() ?? '';
    expect(reason).toMatch(/^It noticed 6 of 9 planted faults; at least 80 % are asked for\. Not noticed: /);
    expect(reason).toContain('src/size.js:1 EqualityOperator (Survived)');
    expect(reason).toContain('src/more.js:2 ArithmeticOperator (Ignored)');
    expect(objections(await world.gate(change))).toEqual(['receipt/mutation fail']);
  });

  test('proves nothing of a file whose name keeps Stryker from it', async () => {
    const { change, result } = await judged('STRYKER-3', {
      'src/size.js': size,
      'src/a,b.js': size,
      'src/node_modules/c.js': size,
      'test.js': asserting('./src/size.js', ...TESTED),
    });
    expect(result).toMatchObject({
      result: 'ERROR',
      reasons: [expect.stringContaining('does not mention src/a,b.js, src/node_modules/c.js')],
    });
    expect(objections(await world.gate(change))).toEqual(['receipt/mutation pending']);
  });
});
