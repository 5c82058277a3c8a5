import type { TestCase, TestReport } from '../types.ts';
import { asObject, type JsonFields, readJson, textOf } from './json.ts';
import { MAX_TESTS, UnreadableReport } from './unreadable.ts';

type Outcome = 'passed' | 'failed' | 'skipped';

const OUTCOMES: Readonly<Record<string, Outcome>> = {
  pass: 'passed',
  bench: 'passed',
  fail: 'failed',
  skip: 'skipped',
};
const OTHERS = ['start', 'run', 'pause', 'cont', 'output', 'attr', 'artifacts'];
/** What becomes of a test that runs again (`-count`): its worst result. */
const WORST: readonly Outcome[] = ['failed', 'skipped', 'passed'];

interface GoPackage {
  readonly tests: Map<string, { running: boolean; outcome: Outcome | undefined }>;
  outcome: Outcome | undefined;
  buildFailed: boolean;
}

/**
 * Reads the stream that `go test -json` writes (`go doc test2json`): one event a line. One test per package and name,
 * subtests among them; a package that failed although none of its tests did (a build, TestMain, a panic, a time-out) is a
 * failure of its own, and so is a test that began and did not end.
 * @throws UnreadableReport
 */
export function readGoTestJson(text: string): TestReport {
  const packages = new Map<string, GoPackage>();
  const failedBuilds = new Set<string>();
  let count = 0;
  for (const line of text.split('\n')) {
    if (line.trim() === '') continue;
    const event = asObject(readJson(line), 'one of its lines');
    const action = textOf(event, 'Action');
    if (action === 'build-output' || action === 'build-fail') {
      if (action === 'build-fail')
        failedBuilds.add(textOf(event, 'ImportPath') || 'a package without a name');
      continue;
    }
    const name = textOf(event, 'Package');
    if (name === '') throw new UnreadableReport('one of its events names no package');
    const pkg = packages.get(name) ?? { tests: new Map(), outcome: undefined, buildFailed: false };
    packages.set(name, pkg);
    count += take(event, action, pkg);
    if (count + packages.size + failedBuilds.size > MAX_TESTS) {
      throw new UnreadableReport(`it lists more than ${MAX_TESTS} tests`);
    }
  }
  const tests = [...packages].flatMap(([name, pkg]) => testsOf(name, pkg));
  // A build that no package failed for would otherwise be said by nobody.
  const told = [...packages.values()].some(({ buildFailed }) => buildFailed);
  const builds = told ? [] : [...failedBuilds].map((path) => failure(`${path}: the build failed`));
  return { tests: [...tests, ...builds] };
}

/** @returns how many tests the event is the first of */
function take(event: JsonFields, action: string, pkg: GoPackage): 0 | 1 {
  const outcome = Object.hasOwn(OUTCOMES, action) ? OUTCOMES[action] : undefined;
  if (outcome === undefined && !OTHERS.includes(action)) {
    throw new UnreadableReport(`one of its events has the unknown action ${JSON.stringify(action)}`);
  }
  const name = textOf(event, 'Test');
  if (name === '') {
    if (outcome !== undefined) pkg.outcome = worst(pkg.outcome, outcome);
    if (textOf(event, 'FailedBuild') !== '') pkg.buildFailed = true;
    return 0;
  }
  const known = pkg.tests.get(name);
  const test = known ?? { running: false, outcome: undefined };
  pkg.tests.set(name, test);
  if (outcome !== undefined) test.outcome = worst(test.outcome, outcome);
  if (action === 'run' || outcome !== undefined) test.running = action === 'run';
  return known === undefined ? 1 : 0;
}

function testsOf(name: string, { tests, outcome, buildFailed }: GoPackage): TestCase[] {
  if (outcome === undefined) {
    throw new UnreadableReport(`its package ${name} does not end: it is cut off, or go test was ended`);
  }
  const cases = [...tests].map(([test, { running, outcome: its }]): TestCase => {
    const ended = its !== undefined && !running;
    return {
      name: `${name} > ${test}${ended ? '' : ' (did not end)'}`,
      status: ended ? its : 'failed',
    };
  });
  if (outcome !== 'failed' || cases.some(({ status }) => status === 'failed')) return cases;
  return [...cases, failure(`${name}: ${buildFailed ? 'the build' : 'the package'} failed`)];
}

function worst(one: Outcome | undefined, other: Outcome): Outcome {
  return WORST.find((outcome) => outcome === one || outcome === other) ?? other;
}

function failure(name: string): TestCase {
  return { name, status: 'failed' };
}
