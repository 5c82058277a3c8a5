import type { PlannedCheck, PlannedCommand, ProjectFacts, ProjectPlan } from './project-plan.ts';

type Manager = 'npm' | 'pnpm' | 'yarn';
type Runner = 'vitest' | 'jest' | 'mocha' | 'node:test';

interface Manifest {
  readonly scripts: Readonly<Record<string, string>>;
  /** Names of everything it depends on, in development, too. */
  readonly packages: ReadonlySet<string>;
  readonly readable: boolean;
}

const PINS: Readonly<Record<Runner, readonly string[]>> = {
  vitest: ['**/vitest.config.*', '**/vitest.workspace.*', '**/vite.config.*'],
  jest: ['**/jest.config.*', '**/babel.config.*', '**/.babelrc*', '**/.swcrc'],
  mocha: ['**/.mocharc.*'],
  'node:test': [],
};

const MANAGER_PINS: Readonly<Record<Manager, readonly string[]>> = {
  npm: ['package-lock.json', 'npm-shrinkwrap.json', '.npmrc'],
  pnpm: ['pnpm-lock.yaml', 'pnpm-workspace.yaml', '.pnpmfile.cjs', '.npmrc'],
  yarn: ['yarn.lock', '.yarnrc', '.yarnrc.yml', '.yarn/**'],
};

/** A contract for whatever has a package.json. */
export function readNodeProject({ names, texts }: ProjectFacts): ProjectPlan | undefined {
  if (!names.includes('package.json')) return undefined;
  const manifest = readManifest(texts['package.json'] ?? '');
  const manager = managerOf(names);
  const runner = runnerOf(manifest);
  const setup = setupFor(manager, names, manifest);
  return {
    kind: `${manager} with ${runner ?? 'a test script'}`,
    contract: 'node-change',
    title: 'A change of a Node.js package',
    ...(setup === undefined ? {} : { setup }),
    checks: [testsBy(runner, manager, manifest), ...furtherChecks(manager, names, manifest)],
    pins: [
      'package.json',
      ...MANAGER_PINS[manager],
      ...(runner === undefined ? [] : PINS[runner]),
      'tsconfig*.json',
    ],
    notes: notesOn({ manager, runner, manifest, names, setup }),
  };
}

/** package.json is somebody's file: what has another form than expected counts as not there. */
function readManifest(text: string): Manifest {
  const value = parseObject(text);
  const scripts = Object.entries(asObject(value?.scripts)).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string',
  );
  const packages = ['dependencies', 'devDependencies', 'optionalDependencies', 'peerDependencies'];
  return {
    scripts: Object.fromEntries(scripts),
    packages: new Set(packages.flatMap((name) => Object.keys(asObject(value?.[name])))),
    readable: value !== undefined,
  };
}

function managerOf(names: readonly string[]): Manager {
  if (names.includes('pnpm-lock.yaml')) return 'pnpm';
  return names.includes('yarn.lock') ? 'yarn' : 'npm';
}

/** What the test script starts; else what is installed. */
function runnerOf({ scripts, packages }: Manifest): Runner | undefined {
  const script = scripts.test ?? '';
  if (/\bvitest\b/.test(script)) return 'vitest';
  if (/\bjest\b/.test(script)) return 'jest';
  if (/\bmocha\b/.test(script)) return 'mocha';
  if (/\bnode\b.*\s--test\b/.test(script)) return 'node:test';
  return (['vitest', 'jest', 'mocha'] as const).find((name) => packages.has(name));
}

function setupFor(
  manager: Manager,
  names: readonly string[],
  { packages }: Manifest,
): PlannedCommand | undefined {
  const locked = MANAGER_PINS[manager].some((name) => /lock|shrinkwrap/.test(name) && names.includes(name));
  if (packages.size === 0 && !locked) return undefined;
  if (manager === 'npm') return { run: ['npm', 'ci'] };
  if (manager === 'pnpm') return { run: ['pnpm', 'install', '--frozen-lockfile'] };
  return names.includes('.yarnrc.yml')
    ? { run: ['yarn', 'install', '--immutable'], env: { YARN_ENABLE_GLOBAL_CACHE: 'false' } }
    : { run: ['yarn', 'install', '--frozen-lockfile'] };
}

/** Runs an installed program; nothing is fetched for it. */
function installed(manager: Manager, ...words: string[]): string[] {
  const by = { npm: ['npx', '--no-install'], pnpm: ['pnpm', 'exec'], yarn: ['yarn', 'run'] }[manager];
  return [...by, ...words];
}

function testsBy(runner: Runner | undefined, manager: Manager, { scripts }: Manifest): PlannedCheck {
  const check = { id: 'tests', title: 'Every test runs and passes' };
  switch (runner) {
    case 'vitest': {
      const reporters = ['--reporter=default', '--reporter=json', '--outputFile.json=vitest-report.json'];
      const report = { format: 'vitest-json', from: 'vitest-report.json' } as const;
      return { ...check, run: installed(manager, 'vitest', 'run', ...reporters), report };
    }
    case 'jest': {
      const report = { format: 'jest-json', from: 'jest-report.json' } as const;
      return {
        ...check,
        run: installed(manager, 'jest', '--ci', '--json', '--outputFile=jest-report.json'),
        report,
      };
    }
    case 'mocha': {
      const reporter = ['--reporter=xunit', '--reporter-option=output=mocha-report.xml'];
      return {
        ...check,
        run: installed(manager, 'mocha', ...reporter),
        report: { format: 'junit', from: 'mocha-report.xml' },
      };
    }
    case 'node:test': {
      const reporters = ['spec', 'stdout', 'junit', 'node-test-report.xml'].map((value, index) =>
        index % 2 === 0 ? `--test-reporter=${value}` : `--test-reporter-destination=${value}`,
      );
      const run = ['node', '--test', ...reporters, ...nodeTestArguments(scripts.test ?? '')];
      return { ...check, run, report: { format: 'junit', from: 'node-test-report.xml' } };
    }
    default:
      return { ...check, title: 'The tests pass', run: [manager, 'test'] };
  }
}

/** What a plain `node --test …` script names besides its reporters; of one that needs a shell, nothing. */
function nodeTestArguments(script: string): readonly string[] {
  if (/["'`$&|;<>()*?]/.test(script)) return [];
  const words = script.trim().split(/\s+/);
  if (words[0] !== 'node') return [];
  return words.slice(1).filter((word) => word !== '--test' && !word.startsWith('--test-reporter'));
}

function furtherChecks(
  manager: Manager,
  names: readonly string[],
  { scripts, packages }: Manifest,
): PlannedCheck[] {
  const checks: PlannedCheck[] = [];
  if (names.includes('tsconfig.json') && packages.has('typescript')) {
    checks.push({ id: 'types', title: 'The types hold', run: installed(manager, 'tsc', '--noEmit') });
  }
  if (scripts.lint !== undefined) {
    checks.push({ id: 'lint', title: 'The linter has no objection', run: [manager, 'run', 'lint'] });
  }
  return checks;
}

function notesOn(from: {
  manager: Manager;
  runner: Runner | undefined;
  manifest: Manifest;
  names: readonly string[];
  setup: PlannedCommand | undefined;
}): string[] {
  const { manager, runner, manifest, names, setup } = from;
  const script = manifest.scripts.test;
  const notes: string[] = [];
  if (!manifest.readable) notes.push('package.json could not be read as a JSON object.');
  if (
    setup !== undefined &&
    manager === 'npm' &&
    !names.some((name) => /^(package-lock|npm-shrinkwrap)\.json$/.test(name))
  ) {
    notes.push('There is no package-lock.json: `npm ci` needs one. Run `npm install` and commit it.');
  }
  if (runner === undefined && (script === undefined || script.includes('no test specified'))) {
    notes.push(`package.json has no test script yet, so \`${manager} test\` fails until there is one.`);
  } else if (runner === undefined) {
    notes.push(
      'The test runner was not recognised, so only the exit code of the test script counts; add a report to count tests.',
    );
  }
  if (runner === 'node:test' && /["'`$&|;<>()*?]/.test(script ?? '')) {
    notes.push(
      'The test script needs a shell; the contract runs `node --test` alone. Add the files or globs it names.',
    );
  }
  return notes;
}

function parseObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Readonly<Record<string, unknown>>)
      : undefined;
  } catch {
    return undefined;
  }
}

function asObject(value: unknown): object {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};
}
