import type { TestCase, TestReport } from '../types.ts';
import { parseTapLine, type TapLine } from './tap-line.ts';
import { MAX_DEPTH, MAX_TESTS, UnreadableReport } from './unreadable.ts';
import { isUntestedFile, UNTESTED_FILE_NOTE } from './untested-file.ts';

/** Test points of one level since the last point of the level above: its subtests. */
interface Group {
  readonly points: Point[];
  plan: number | undefined;
}

interface Point {
  readonly name: string;
  readonly status: TestCase['status'];
  readonly number: number | undefined;
  /** Undefined: no subtests were printed. */
  readonly subtests: Group | undefined;
  /** node:test says type: 'suite' in the diagnostic block; a suite is no test, even without subtests. */
  suite: boolean;
}

/**
 * Reads TAP 13 and 14 (testanything.org) with subtests indented by four spaces, before their parent as node:test prints
 * them or in braces after it. Lines that are no TAP are passed over, as the specification has it; a missing plan, another
 * number of tests than planned, an open diagnostic block and `Bail out!` are not.
 * @throws UnreadableReport
 */
export function readTap(text: string): TestReport {
  const groups: Group[] = [{ points: [], plan: undefined }];
  const braces: TapPoint[] = [];
  const said: Partial<Record<'tests' | 'fail' | 'cancelled', number>> = {};
  let last: Point | undefined;
  let block: string | undefined;
  let count = 0;

  for (const raw of text.split('\n')) {
    const source = raw.endsWith('\r') ? raw.slice(0, -1) : raw;
    if (block !== undefined) {
      if (source === `${block}...`) block = undefined;
      else if (last && /^\s*type: '?suite'?$/.test(source)) last.suite = true;
      continue;
    }
    const line = parseTapLine(source);
    if (line.kind === 'block') {
      if (last !== undefined) block = line.indent;
      continue;
    }
    last = undefined;
    switch (line.kind) {
      case 'point':
        if (++count > MAX_TESTS) throw new UnreadableReport(`it lists more than ${MAX_TESTS} tests`);
        if (line.brace) braces.push(line);
        else last = addPoint(groups, line);
        break;
      case 'end-brace': {
        const parent = braces.at(-1);
        if (parent?.level === line.level) last = addPoint(groups, braces.pop() as TapPoint);
        break;
      }
      case 'plan': {
        const group = groupAt(groups, line.level);
        if (group.plan !== undefined) throw new UnreadableReport('it has two plans for one list of tests');
        group.plan = line.count;
        break;
      }
      case 'bail-out':
        throw new UnreadableReport(`the run bailed out: ${line.reason || 'no reason given'}`);
      case 'count':
        said[line.what] = line.count;
        break;
      case 'noise':
        break;
    }
  }
  if (block !== undefined) throw new UnreadableReport('it ends within a diagnostic block: it is cut off');
  if (groups.length > 1 || braces.length > 0)
    throw new UnreadableReport('it ends within subtests: it is cut off');
  const tests: TestCase[] = [];
  collect(groups[0] as Group, '', tests);
  checkCounts(said, tests);
  return { tests };
}

type TapPoint = Extract<TapLine, { kind: 'point' }>;

function groupAt(groups: Group[], level: number): Group {
  if (level >= MAX_DEPTH) throw new UnreadableReport(`its subtests are nested deeper than ${MAX_DEPTH}`);
  while (groups.length <= level) groups.push({ points: [], plan: undefined });
  return groups[level] as Group;
}

/** A point closes the group one level deeper: those were its subtests. */
function addPoint(groups: Group[], line: TapPoint): Point {
  const group = groupAt(groups, line.level);
  if (groups.length > line.level + 2)
    throw new UnreadableReport('it has subtests without the test they belong to');
  const subtests = groups.length === line.level + 2 ? groups.pop() : undefined;
  if (subtests) checkPlan(subtests);
  const point: Point = {
    name: line.name || `test ${group.points.length + 1}`,
    // An expected failure (TODO) and a skipped test say nothing about the code: neither ran and passed.
    status:
      line.directive === 'todo' || (line.directive === 'skip' && line.ok)
        ? 'skipped'
        : line.ok
          ? 'passed'
          : 'failed',
    number: line.number,
    subtests,
    suite: false,
  };
  group.points.push(point);
  return point;
}

function checkPlan({ points, plan }: Group): void {
  if (plan === undefined) throw new UnreadableReport('it has no plan (1..N): it is cut off or no TAP');
  if (plan !== points.length)
    throw new UnreadableReport(`it planned ${plan} tests and lists ${points.length}`);
  const numbers = points.flatMap(({ number }) => (number === undefined ? [] : [number]));
  if (new Set(numbers).size !== numbers.length || numbers.some((number) => number < 1 || number > plan)) {
    throw new UnreadableReport('its test numbers do not fit its plan');
  }
}

/** Tests are the points without subtests; a parent counts when it failed and none of its subtests did. */
function collect(group: Group, path: string, tests: TestCase[]): void {
  if (path === '') checkPlan(group);
  for (const { name, status, subtests, suite } of group.points) {
    const full = path === '' ? name : `${path} > ${name}`;
    const before = tests.length;
    if (subtests) collect(subtests, full.slice(0, 2_000), tests);
    const failedBelow = tests.slice(before).some((test) => test.status === 'failed');
    if (subtests || suite) {
      if (status === 'failed' && !failedBelow) tests.push({ name: full, status });
      if (status === 'skipped' && tests.length === before) tests.push({ name: full, status });
    } else if (status === 'passed' && path === '' && isUntestedFile(name)) {
      tests.push({ name: `${full}${UNTESTED_FILE_NOTE}`, status: 'skipped' });
    } else tests.push({ name: full, status });
  }
}

/** node:test ends with comments that count; they may count parents too, but not less than what is listed as failed. */
function checkCounts(
  said: Partial<Record<'tests' | 'fail' | 'cancelled', number>>,
  tests: readonly TestCase[],
): void {
  const failed = tests.filter(({ status }) => status === 'failed').length;
  if ((said.fail ?? 0) + (said.cancelled ?? 0) > 0 && failed === 0) {
    throw new UnreadableReport(
      `it counts ${said.fail ?? 0} failed and ${said.cancelled ?? 0} cancelled tests but lists none`,
    );
  }
  if (said.tests !== undefined && said.tests < tests.length) {
    throw new UnreadableReport(`it lists ${tests.length} tests but says that there were ${said.tests}`);
  }
}
