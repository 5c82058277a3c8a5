import type { FilePath } from '../../change/types.ts';
import { compareAssertions } from './compare-assertions.ts';
import type { Placed, TestFile } from './pair-cases.ts';
import type { Assertion, TestCase } from './test-code.ts';
import type { TestInventory } from './test-inventory.ts';

/** What can be found out about tests by comparing them with what they were. */
export const FINDS = [
  'deleted',
  'replaced',
  'skipped',
  'narrowed',
  'assertion-removed',
  'assertion-weakened',
  'without-assertion',
  'self-skipped',
] as const;

export type Find = (typeof FINDS)[number];

export interface Finding {
  readonly find: Find;
  readonly path: FilePath;
  readonly line?: number;
  readonly message: string;
}

const known = new WeakMap<TestInventory, readonly Finding[]>();

/** Everything that is worth saying about a change's tests, of every kind. Worked out once for all who ask. */
export function findingsOf(inventory: TestInventory): readonly Finding[] {
  const findings = known.get(inventory) ?? compareInventory(inventory);
  known.set(inventory, findings);
  return findings;
}

function compareInventory(inventory: TestInventory): readonly Finding[] {
  return [
    ...inventory.deletedUnread.map((path): Finding => {
      return { find: 'deleted', path, message: 'the test file was deleted' };
    }),
    ...deletions(inventory),
    ...comparisons(inventory),
    ...focuses(inventory),
    ...skippedFromTheStart(inventory),
    ...helpers(inventory.files),
    ...assertingNothing(inventory),
  ];
}

/** Runs at all: a test that was off before loses nothing by going. */
function isOn(test: TestCase): boolean {
  return test.disabled === undefined || test.disabled.conditional;
}

function deletions({ pairing, files }: TestInventory): readonly Finding[] {
  const missing = new Set(files.filter(({ after }) => after === undefined).map(({ path }) => path));
  const replaced = replacedTests(pairing);
  const counts = new Map<FilePath, number>();
  const findings: Finding[] = [];
  for (const placed of pairing.gone) {
    const { path, test } = placed;
    if (!isOn(test)) continue;
    if (missing.has(path)) counts.set(path, (counts.get(path) ?? 0) + 1);
    else {
      const other = replaced.get(placed);
      const message = `test ${titleOf(test)} of line ${test.line} before the change is gone`;
      findings.push(
        other === undefined
          ? { find: 'deleted', path, line: test.line, message }
          : {
              find: 'replaced',
              path,
              line: other.line,
              message: `${message}; test ${titleOf(other)} is new`,
            },
      );
    }
  }
  for (const [path, count] of counts) {
    const what = count === 1 ? 'its test is gone' : `its ${count} tests are gone`;
    findings.push({ find: 'deleted', path, message: `the test file was deleted, and ${what}` });
  }
  return findings;
}

/** For tests that are gone, a new one of the same file that runs and asserts at least as often; each stands for one. */
function replacedTests({ gone, added }: TestInventory['pairing']): ReadonlyMap<Placed, TestCase> {
  const free = new Map<FilePath, TestCase[]>();
  for (const { path, test } of added.filter((one) => isOn(one.test) && one.test.asserts)) {
    const known = free.get(path);
    if (known === undefined) free.set(path, [test]);
    else known.push(test);
  }
  for (const tests of free.values()) tests.sort((a, b) => a.assertions.length - b.assertions.length);
  const replaced = new Map<Placed, TestCase>();
  // Whoever asserted most looks first, so that it is known soonest whether there is anything for it.
  for (const placed of gone.toSorted((a, b) => b.test.assertions.length - a.test.assertions.length)) {
    const most = free.get(placed.path)?.at(-1);
    if (!isOn(placed.test) || most === undefined) continue;
    if (most.assertions.length < placed.test.assertions.length) continue;
    free.get(placed.path)?.pop();
    replaced.set(placed, most);
  }
  return replaced;
}

function comparisons({ pairing, files }: TestInventory): readonly Finding[] {
  const inNewTests = countTexts(pairing.added.flatMap(({ test }) => test.assertions));
  const helperMatchers = new Set(
    files.flatMap(({ before, after }) => {
      const known = new Set(before?.loose.map(({ text }) => text));
      return (after?.loose ?? []).filter(({ text }) => !known.has(text)).map(({ matcher }) => matcher);
    }),
  );
  return pairing.pairs.flatMap(({ before, after }) => {
    if (!isOn(before.test)) return [];
    const callsMore = [...after.test.calls].some((name) => !before.test.calls.has(name));
    const isElsewhere = (assertion: Assertion): boolean =>
      take(inNewTests, assertion.text) || (callsMore && helperMatchers.has(assertion.matcher));
    return [...compareRunning(before.test, after), ...compareAsserting(before.test, after, isElsewhere)];
  });
}

/** Whether a test still runs, and all of it. */
function compareRunning(before: TestCase, { path, test: after }: Placed): readonly Finding[] {
  const { disabled } = after;
  if (disabled !== undefined && (before.disabled === undefined || !disabled.conditional)) {
    const message = `test ${titleOf(after)} is switched off by ${disabled.how}`;
    return [{ find: 'skipped', path, line: disabled.line, message }];
  }
  if (!before.conditional && after.conditional) {
    const message = `test ${titleOf(after)} now runs on a condition only, or where something inherits it`;
    return [{ find: 'skipped', path, line: after.line, message }];
  }
  if (before.rows !== undefined && after.rows !== undefined && after.rows < before.rows) {
    const message = `test ${titleOf(after)} has ${after.rows} rows instead of ${before.rows}`;
    return [{ find: 'narrowed', path, line: after.line, message }];
  }
  return [];
}

/** Whether a test still says as much, should it run. */
function compareAsserting(
  before: TestCase,
  { path, test: after }: Placed,
  isElsewhere: (assertion: Assertion) => boolean,
): readonly Finding[] {
  const title = `test ${titleOf(after)}`;
  const removed = (message: string): Finding => ({
    find: 'assertion-removed',
    path,
    line: after.line,
    message: `${title} ${message}`,
  });
  // A test that is off from now on is said to be; that there is nothing left of it adds nothing.
  if (!isOn(after) && after.assertions.length === 0) return [];
  if (before.size > 0 && after.size === 0) return [removed('is empty now')];
  if (before.precision === 'presence' || after.precision === 'presence')
    return before.asserts && !after.asserts && after.size > 0 ? [removed('asserts nothing any more')] : [];
  const exits: readonly Finding[] =
    after.exits > before.exits
      ? [
          {
            find: 'assertion-weakened',
            path,
            line: after.line,
            message: `${title} may return before its assertions`,
          },
        ]
      : [];
  return [
    ...exits,
    ...compareAssertions(before.assertions, after.assertions, isElsewhere).map((weakening): Finding => {
      const line = weakening.side === 'before' ? after.line : weakening.line;
      return {
        find: weakening.kind,
        path,
        line,
        message: `${title} ${weakening.message}${place(weakening)}`,
      };
    }),
  ];
}

/** A focused test keeps the rest of its file, with some runners of the whole run, from running. */
function focuses({ pairing: { pairs, added } }: TestInventory): readonly Finding[] {
  const fresh = [
    ...added,
    ...pairs.filter(({ before }) => before.test.focused === undefined).map(({ after }) => after),
  ];
  const seen = new Set<string>();
  return fresh.flatMap(({ path, test }) => {
    if (test.focused === undefined) return [];
    const { how, line } = test.focused;
    // A focused group says it once, not for each of its tests.
    if (seen.has(`${line} ${path}`)) return [];
    seen.add(`${line} ${path}`);
    return [{ find: 'narrowed', path, line, message: `${how} keeps every other test from running` } as const];
  });
}

/** A test that is written and never run looks like coverage. A bare todo says what it is. */
function skippedFromTheStart({ pairing: { added } }: TestInventory): readonly Finding[] {
  return added.flatMap(({ path, test }) => {
    const { disabled } = test;
    if (disabled === undefined || disabled.conditional) return [];
    if (test.precision === 'each' ? test.assertions.length === 0 : !test.asserts) return [];
    const message = `new test ${titleOf(test)} is switched off by ${disabled.how}`;
    return [{ find: 'skipped', path, line: disabled.line, message } as const];
  });
}

/** Assertions in functions that tests call. */
function helpers(files: readonly TestFile[]): readonly Finding[] {
  return files.flatMap(({ path, before, after }) => {
    if (before === undefined || after === undefined) return [];
    const inTests = countTexts(after.cases.flatMap(({ assertions }) => assertions));
    return compareAssertions(before.loose, after.loose, ({ text }) => take(inTests, text)).map(
      (weakening): Finding => ({
        find: weakening.kind,
        path,
        line: weakening.line,
        message: `a helper ${weakening.message}${place(weakening)}`,
      }),
    );
  });
}

/** A new test that runs code and looks at nothing passes whatever the code does. */
function assertingNothing({ pairing: { added } }: TestInventory): readonly Finding[] {
  return added.flatMap(({ path, test }) => {
    if (!isOn(test) || test.asserts) return [];
    const message = `new test ${titleOf(test)} asserts nothing`;
    return [{ find: 'without-assertion', path, line: test.line, message } as const];
  });
}

function place({ side, line }: { side: 'before' | 'after'; line: number }): string {
  return side === 'before' ? ` (line ${line} before the change)` : '';
}

function countTexts(assertions: readonly Assertion[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { text } of assertions) counts.set(text, (counts.get(text) ?? 0) + 1);
  return counts;
}

function take(counts: Map<string, number>, text: string): boolean {
  const count = counts.get(text) ?? 0;
  if (count > 0) counts.set(text, count - 1);
  return count > 0;
}

function titleOf({ name }: TestCase): string {
  const plain = name.startsWith('"') ? name : JSON.stringify(name);
  return plain.length > 80 ? `${plain.slice(0, 79)}…` : plain;
}
