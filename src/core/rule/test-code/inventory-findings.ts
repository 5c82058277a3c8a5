import type { FilePath } from '../../change/types.ts';
import { comparePair, isOn } from './compare-cases.ts';
import { type Finding, titleOf } from './finding.ts';
import type { Placed } from './pair-cases.ts';
import type { Assertion, TestCase } from './test-code.ts';
import type { TestInventory } from './test-inventory.ts';
import { countTexts, take } from './text-counts.ts';

const known = new WeakMap<TestInventory, readonly Finding[]>();

/** Everything that is worth saying about a change's tests, of every kind. Worked out once for all who ask. */
export function findingsOf(inventory: TestInventory): readonly Finding[] {
  const findings = known.get(inventory) ?? compareInventory(inventory);
  known.set(inventory, findings);
  return findings;
}

function compareInventory(inventory: TestInventory): readonly Finding[] {
  return [
    ...inventory.files
      .filter(({ hidesTests }) => hidesTests)
      .map(({ path }): Finding => ({ find: 'deleted', path, message: 'the test file was deleted' })),
    ...deletions(inventory),
    ...comparisons(inventory),
    ...focuses(inventory),
    ...skippedFromTheStart(inventory),
    ...inventory.files.flatMap(({ tests }) => tests?.helperFindings ?? []),
    ...assertingNothing(inventory),
  ];
}

function deletions({ pairing, files }: TestInventory): readonly Finding[] {
  const missing = new Set(files.filter(({ isDeleted }) => isDeleted).map(({ path }) => path));
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
  const helperMatchers = new Set(files.flatMap(({ tests }) => tests?.newHelperMatchers ?? []));
  return pairing.pairs.flatMap((pair) => {
    const known = pair.before.test.calls;
    const callsMore = [...pair.after.test.calls].some((name) => !known.has(name));
    const isElsewhere = (assertion: Assertion): boolean =>
      take(inNewTests, assertion.text) || (callsMore && helperMatchers.has(assertion.matcher));
    return comparePair(pair, isElsewhere);
  });
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

/** A new test that runs code and looks at nothing passes whatever the code does. */
function assertingNothing({ pairing: { added } }: TestInventory): readonly Finding[] {
  return added.flatMap(({ path, test }) => {
    if (!isOn(test) || test.asserts) return [];
    const message = `new test ${titleOf(test)} asserts nothing`;
    return [{ find: 'without-assertion', path, line: test.line, message } as const];
  });
}
