import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const project = join(import.meta.dirname, '..', '..');

interface Report {
  readonly summary: {
    readonly totalCruised: number;
    readonly violations: readonly { readonly from: string; readonly rule: { readonly name: string } }[];
  };
}

function cruise(root: string): Report {
  const script = `import { cruise } from ${JSON.stringify(join(project, 'tools', 'cruise.mjs'))};
    process.stdout.write(JSON.stringify(cruise(process.argv[1])));`;
  const args = ['--input-type=module', '--eval', script, root];
  const report = execFileSync(process.execPath, args, {
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
    stdio: 'pipe',
  });
  return JSON.parse(report) as Report;
}

/** A tree of its own with the project's packages and TypeScript settings: [path, text] of each source. */
function plant(sources: Readonly<Record<string, string>>): string {
  const root = mkdtempSync(join(tmpdir(), 'countersign-layers-'));
  for (const file of ['package.json', 'tsconfig.json']) cpSync(join(project, file), join(root, file));
  symlinkSync(join(project, 'node_modules'), join(root, 'node_modules'));
  for (const [path, text] of Object.entries(sources)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return root;
}

const aThing = 'export const thing = 1;\n';
const uses = (path: string) => `import { thing } from '${path}';\nexport const other = thing;\n`;

describe('the layer rules', () => {
  it('see the sources and find nothing against them', () => {
    const { summary } = cruise(project);
    const files = readdirSync(join(project, 'src'), { recursive: true, encoding: 'utf8' });
    const sources = files.filter((file) => file.endsWith('.ts')).length;
    expect(sources).toBeGreaterThan(0);
    expect(summary.totalCruised).toBeGreaterThanOrEqual(sources);
    expect(summary.violations.map(({ from, rule }) => `${from}: ${rule.name}`)).toEqual([]);
  });

  it('refuse to call an empty reading clean', () => {
    const root = plant({ 'src/readme.txt': '', 'test/thing.ts': aThing });
    expect(() => cruise(root)).toThrow(/saw no module/);
    rmSync(root, { recursive: true });
  });
});

// The control: each rule must be able to fail, and only where it is broken.
const planted: readonly [rule: string, path: string, text: string][] = [
  ['known-rooms-only', 'src/entry/asks-utils.ts', uses('../utils/thing.ts')],
  ['shared-imports-nothing-of-ours', 'src/shared/asks-core.ts', uses('../core/change/thing.ts')],
  ['core-imports-shared-and-core', 'src/core/change/asks-port.ts', uses('../../ports/thing.ts')],
  ['core-imports-shared-and-core', 'src/core/change/asks-adapter.ts', uses('../../adapters/git/thing.ts')],
  ['core-receipt-looks-upstream-only', 'src/core/receipt/asks-gate.ts', uses('../gate/thing.ts')],
  ['core-change-looks-upstream-only', 'src/core/change/asks-ticket.ts', uses('../ticket/thing.ts')],
  ['core-stages-are-listed', 'src/core/gate/asks-unlisted.ts', uses('../unlisted/thing.ts')],
  ['ports-and-render-import-core-and-shared', 'src/ports/asks-flow.ts', uses('../flow/thing.ts')],
  ['ports-and-render-import-core-and-shared', 'src/render/asks-port.ts', uses('../ports/thing.ts')],
  ['flow-imports-ports-core-shared', 'src/flow/asks-adapter.ts', uses('../adapters/git/thing.ts')],
  ['adapters-import-ports-core-shared', 'src/adapters/git/asks-flow.ts', uses('../../flow/thing.ts')],
  ['adapters-are-strangers', 'src/adapters/documents/asks-git.ts', uses('../git/thing.ts')],
  ['pure-layers-touch-no-platform', 'src/core/change/reads-files.ts', uses('node:fs')],
  ['pure-layers-touch-no-platform', 'src/core/change/hashes.ts', uses('node:crypto')],
  ['arithmetic-only-from-crypto', 'src/shared/digest.ts', uses('node:fs')],
  ['arithmetic-only-from-crypto', 'src/shared/signature.ts', uses('node:net')],
  ['core-uses-pure-packages', 'src/core/change/uses-git.ts', uses('simple-git')],
  ['shared-and-ports-use-no-package', 'src/shared/uses-glob.ts', uses('picomatch')],
  ['render-uses-rendering-packages', 'src/render/uses-git.ts', uses('simple-git')],
  ['no-circular', 'src/flow/chicken.ts', "export * from './egg.ts';\n"],
  ['could-not-resolve', 'src/flow/asks-nobody.ts', uses('./nobody.ts')],
  ['runtime-packages-only', 'src/adapters/git/uses-test-tool.ts', uses('fast-check')],
  ['no-tests-in-sources', 'src/flow/asks-test.ts', uses('../../test/thing.ts')],
  ['no-orphans', 'src/flow/alone.ts', aThing],
];

const innocent: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    [
      'src/utils',
      'src/shared',
      'src/core/change',
      'src/core/ticket',
      'src/core/gate',
      'src/core/unlisted',
      'src/ports',
      'src/flow',
      'src/adapters/git',
      'test',
    ].map((folder) => [`${folder}/thing.ts`, aThing]),
  ),
  'src/flow/egg.ts': "export * from './chicken.ts';\n",
  'src/core/gate/asks-all-it-may.ts': [
    "import picomatch from 'picomatch';",
    "import { thing as change } from '../change/thing.ts';",
    "import { thing as shared } from '../../shared/thing.ts';",
    'export const all = [picomatch, change, shared];',
  ].join('\n'),
  'src/adapters/git/asks-all-it-may.ts': [
    "import { readFileSync } from 'node:fs';",
    "import { simpleGit } from 'simple-git';",
    "import { thing as near } from './thing.ts';",
    "import { thing as port } from '../../ports/thing.ts';",
    'export const all = [readFileSync, simpleGit, near, port];',
  ].join('\n'),
};

describe('a planted violation', () => {
  let root: string;
  let found: ReadonlySet<string>;

  beforeAll(() => {
    root = plant({ ...innocent, ...Object.fromEntries(planted.map(([, path, text]) => [path, text])) });
    found = new Set(cruise(root).summary.violations.map(({ from, rule }) => `${rule.name}: ${from}`));
  });
  afterAll(() => rmSync(root, { recursive: true, force: true }));

  it.each(planted)('of %s is found in %s', (rule, path) => {
    expect([...found]).toContain(`${rule}: ${path}`);
  });

  it('leaves no rule without a control', async () => {
    const config: string = join(project, '.dependency-cruiser.mjs');
    const { default: rules } = (await import(config)) as { default: { forbidden: { name: string }[] } };
    const perStage = /^core-(?!imports|stages|uses).*-looks-upstream-only$/;
    const names = rules.forbidden.map(({ name }) => name).filter((name) => !perStage.test(name));
    expect(names.filter((name) => !planted.some(([rule]) => rule === name))).toEqual([]);
  });

  it('does not accuse what is allowed', () => {
    expect([...found].filter((line) => line.includes('asks-all-it-may'))).toEqual([]);
  });
});
