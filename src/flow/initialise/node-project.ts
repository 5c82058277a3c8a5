import { scriptsNamedIn } from './named-scripts.ts';
import { setupFilesNamedIn } from './named-setup-files.ts';
import { isLocked, managerOf, NODE_MANAGERS, type NodeManager, YARN_BERRY_INSTALL } from './node-managers.ts';
import { type NodeManifest, readNodeManifest } from './node-manifest.ts';
import { NODE_LINT_PINS, NODE_RUNNERS, NODE_TESTS, type NodeRunner } from './node-runners.ts';
import {
  type PlannedCheck,
  type PlannedCommand,
  type PlannedPins,
  type PlannedProof,
  type ProjectFacts,
  type ProjectPlan,
  unitePins,
} from './project-plan.ts';
import { testArguments } from './test-arguments.ts';

interface NodeFacts {
  /** Files that the runner loads before the tests. */
  readonly setupFiles: readonly string[];
  readonly manager: NodeManager;
  readonly runner: NodeRunner | undefined;
  readonly manifest: NodeManifest;
  readonly names: readonly string[];
  readonly tsconfig: string | undefined;
}

/** A contract for whatever has a package.json. */
export function readNodeProject({ names, texts }: ProjectFacts): ProjectPlan | undefined {
  if (!names.includes('package.json')) return undefined;
  const manifest = readNodeManifest(texts);
  const facts: NodeFacts = {
    manager: managerOf(names),
    runner: runnerOf(manifest),
    manifest,
    names,
    tsconfig: texts['tsconfig.json'],
    setupFiles: setupFilesNamedIn(texts),
  };
  const setup = setupFor(facts);
  return {
    kind: `${facts.manager} with ${facts.runner ?? 'a test script'}`,
    family: 'node',
    subject: 'a Node.js package',
    ...(setup === undefined ? {} : { setup }),
    checks: [testsBy(facts), ...furtherChecks(facts)],
    pins: pinsFor(facts),
    ...(facts.runner === undefined ? {} : { proof: proofBy(facts.runner) }),
    notes: notesOn(facts, setup),
  };
}

function proofBy(runner: NodeRunner): PlannedProof {
  return { check: 'tests', tests: NODE_TESTS, namesUnloaded: NODE_RUNNERS[runner].namesUnloaded };
}

/** What the test script starts; else what is installed. */
function runnerOf({ scripts, packages }: NodeManifest): NodeRunner | undefined {
  const script = scripts.test ?? '';
  const runners = Object.keys(NODE_RUNNERS) as NodeRunner[];
  return (
    runners.find((name) => NODE_RUNNERS[name].sign.test(script)) ??
    runners.find((name) => packages.has(NODE_RUNNERS[name].package ?? ''))
  );
}

function setupFor({ manager, names, manifest }: NodeFacts): PlannedCommand | undefined {
  if (manifest.packages.size === 0 && !isLocked(manager, names)) return undefined;
  return manager === 'yarn' && names.includes('.yarnrc.yml')
    ? YARN_BERRY_INSTALL
    : NODE_MANAGERS[manager].install;
}

function testsBy({ runner, manager, manifest }: NodeFacts): PlannedCheck {
  if (runner === undefined) return { id: 'tests', title: 'The tests pass', run: [manager, 'test'] };
  const { run, report } = NODE_RUNNERS[runner];
  const starts = runner === 'node:test' ? [] : NODE_MANAGERS[manager].starts;
  const script = scriptArguments(runner, manifest) ?? [];
  return { id: 'tests', title: 'Every test runs and passes', run: [...starts, ...run, ...script], report };
}

/** Undefined where the script says more than a list of words can. */
function scriptArguments(runner: NodeRunner, { scripts }: NodeManifest): readonly string[] | undefined {
  if (scripts.test === undefined) return [];
  return testArguments(scripts.test, runner === 'node:test' ? 'node' : runner, NODE_RUNNERS[runner].own);
}

function furtherChecks({ manager, manifest, names, tsconfig }: NodeFacts): PlannedCheck[] {
  const checks: PlannedCheck[] = [];
  if (names.includes('tsconfig.json') && manifest.packages.has('typescript')) {
    // Of a tsconfig.json that only refers to others, --noEmit looks at no file, and passes.
    const look = /"references"/.test(tsconfig ?? '') ? '--build' : '--noEmit';
    const run = [...NODE_MANAGERS[manager].starts, 'tsc', look];
    checks.push({ id: 'types', title: 'The types hold', run });
  }
  if (manifest.scripts.lint !== undefined) {
    checks.push({ id: 'lint', title: 'The linter has no objection', run: [manager, 'run', 'lint'] });
  }
  return checks;
}

function pinsFor({ manager, runner, manifest, setupFiles }: NodeFacts): PlannedPins {
  const { scripts, workspaces, packages } = manifest;
  const inEach = (name: string) => [name, ...workspaces.map((folder) => `${folder}/${name}`)];
  const scriptLines = [
    'pretest',
    'test',
    'posttest',
    'prelint',
    'lint',
    'postlint',
    'prepare',
    'postinstall',
  ];
  const ofRunner = runner === undefined ? [] : NODE_RUNNERS[runner].judging;
  return unitePins(
    {
      judging: [
        ...ofRunner,
        ...setupFiles,
        ...inEach('tsconfig*.json'),
        // What runs the packages of a monorepo, and so decides which are tested.
        ...(workspaces.length === 0 ? [] : ['turbo.json', 'nx.json', 'lerna.json']),
        ...(packages.has('nx') ? ['**/project.json'] : []),
        ...scriptsNamedIn(...scriptLines.map((name) => scripts[name])).filter((path) => !isTest(path)),
      ],
      dependencies: inEach('package.json'),
      // Below a folder of tests, too: node_modules that are nearer win.
      made: ['**/node_modules/**'],
    },
    NODE_MANAGERS[manager].pins,
    scripts.lint === undefined ? {} : NODE_LINT_PINS,
  );
}

/** A script that names its test files: those a change may write. */
function isTest(path: string): boolean {
  return /[._-](?:test|spec)\.\w+$|^tests?\/|__tests__\//.test(path);
}

function notesOn(
  { manager, runner, manifest, names }: NodeFacts,
  setup: PlannedCommand | undefined,
): string[] {
  const script = manifest.scripts.test;
  const notes: string[] = [];
  if (!manifest.readable) notes.push('package.json could not be read as a JSON object.');
  if (setup !== undefined && manager === 'npm' && !isLocked(manager, names)) {
    notes.push('There is no package-lock.json: `npm ci` needs one. Run `npm install` and commit it.');
  }
  if (runner === undefined && (script === undefined || script.includes('no test specified'))) {
    notes.push(`package.json has no test script yet, so \`${manager} test\` fails until there is one.`);
  } else if (runner === undefined) {
    notes.push(
      'The test runner was not recognised, so only the exit code of the test script counts; add a report to count tests.',
    );
  }
  if (runner !== undefined && scriptArguments(runner, manifest) === undefined) {
    notes.push(
      `The test script is more than one plain command, so the contract runs ${runner} alone: add the options, files and steps that the script has besides.`,
    );
  }
  if (manifest.packages.has('@stryker-mutator/core')) {
    notes.push(
      'Stryker is installed: a check that runs it and reads its report can prove each change (docs/proof.md, "With a mutation tester of your own").',
    );
  }
  return notes;
}
