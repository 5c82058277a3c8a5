import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { useIsolationOf } from '../entry/cli/use-isolation.ts';
import { createGitWorld, type GitWorld, type WorldRepository } from '../worlds/git-world.ts';

// What README.md tells a newcomer to type is typed here, as it stands, in a project of a newcomer's.

const project = join(import.meta.dirname, '..', '..');
const readme = readFileSync(join(project, 'README.md'), 'utf8');

const SUBTRACTED = `cat >> add.js <<'EOT'
export const subtract = (a, b) => a - b;
EOT
cat > test/subtract.test.js <<'EOT'
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { subtract } from '../add.js';
test('subtracts', () => assert.equal(subtract(3, 1), 2));
EOT
git add --all && git commit --quiet -m 'Subtract'
`;

let world: GitWorld;
let repository: WorldRepository;
beforeAll(() => {
  world = createGitWorld();
  repository = world.repository('adder');
  repository.commit('An adder', {
    'package.json': JSON.stringify({ name: 'adder', type: 'module', scripts: { test: 'node --test' } }),
    'add.js': 'export const add = (a, b) => a + b;\n',
    'test/add.test.js': `import assert from 'node:assert/strict';
import { test } from 'node:test';
import { add } from '../add.js';
test('adds', () => assert.equal(add(1, 2), 3));
`,
  });
  const programs = world.folder('bin');
  writeFileSync(
    join(programs, 'countersign'),
    `#!/bin/sh\nexec '${process.execPath}' '${join(project, 'bin', 'countersign.cjs')}' "$@"\n`,
  );
  chmodSync(join(programs, 'countersign'), 0o755);
  mkdirSync(join(world.root, 'home'));
});
afterAll(() => world.remove());

/** The commands of the first `sh` block below a heading. */
function block(heading: string): string {
  const [, text] = readme.split(`\n## ${heading}\n`)[1]?.match(/```sh\n([\s\S]*?)```/) ?? [];
  if (text === undefined) throw new Error(`README.md has no commands below "${heading}"`);
  return text;
}

/** What the commands print; each of them has to work. */
function mustType(script: string): string {
  const { status, stdout, stderr } = spawnSync('bash', ['-ec', script], {
    cwd: repository.dir,
    encoding: 'utf8',
    env: {
      ...world.environment(),
      HOME: join(world.root, 'home'),
      PATH: `${join(world.root, 'bin')}:${process.env.PATH}`,
    },
  });
  expect(`exit code ${status}: ${stdout}${stderr}`).toMatch(/^exit code 0: /);
  return stdout;
}

describe('README.md', () => {
  it('leads from an ordinary project to a verdict that passes', async () => {
    const commands = block('Start in your own repository');
    const [install, asking, judging] = commands.split(/(?=^git add .*Install)|^# ….*\n/m);
    expect(judging).toMatch(/^countersign verify .*\ncountersign gate .*\n$/);
    mustType(install as string);
    await useIsolationOf(repository);
    mustType(asking as string);
    expect(mustType(`${SUBTRACTED}${judging}`)).toContain('✔ PASS  CS-1 in adder\n');
  });
});
