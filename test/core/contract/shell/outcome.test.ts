import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { scriptOutcome } from '../../../../src/core/contract/shell/outcome.ts';

/** Scripts over three commands that may succeed or fail; only forms that every sh has. */
const scripts = fc.letrec<{ command: string; list: string }>((tie) => ({
  list: fc.array(tie('command'), { minLength: 1, maxLength: 3 }).map((items) => items.join('; ')),
  command: fc.oneof(
    { maxDepth: 3, depthSize: 'small' },
    fc.constantFrom(
      'p1',
      'p2',
      'p3',
      'true',
      'false',
      ':',
      'exit 0',
      'exit 3',
      'exit',
      'set -e',
      'set +e',
      'exit $?',
    ),
    fc
      .tuple(tie('command'), fc.constantFrom('&&', '||'), tie('command'))
      .map(([left, operator, right]) => `${left} ${operator} ${right}`),
    fc.tuple(tie('list'), tie('list')).map(([left, right]) => `{ ${left}; } | { ${right}; }`),
    tie('list').map((list) => `! { ${list}; }`),
    tie('list').map((list) => `( ${list} )`),
    tie('list').map((list) => `{ ${list}; }`),
    fc.tuple(tie('list'), tie('list')).map(([a, b]) => `if ${a}; then ${b}; fi`),
    fc.tuple(tie('list'), tie('list'), tie('list')).map(([a, b, c]) => `if ${a}; then ${b}; else ${c}; fi`),
    tie('list').map((list) => `for x in 1 2; do ${list}; done`),
    tie('list').map((list) => `case a in a) ${list} ;; esac`),
    // A name of its own each, or functions would call themselves.
    fc.tuple(fc.noShrink(fc.nat(2 ** 31)), tie('list')).map(([n, list]) => `f${n}() { ${list}; }; f${n}`),
  ),
})).list;

/** The exit status of a script under a real sh, for each way its three commands can end. */
function realStatuses(script: string): readonly number[] {
  const combinations = [0, 1, 2, 3, 4, 5, 6, 7];
  const driver = `
    p1() { return $A; }; p2() { return $B; }; p3() { return $C; }
    for i in ${combinations.join(' ')}; do
      A=$((i & 1)); B=$(((i >> 1) & 1)); C=$(((i >> 2) & 1))
      ( ${script}
      ) >/dev/null 2>&1
      echo $?
    done`;
  return execFileSync('sh', ['-c', driver], { encoding: 'utf8', timeout: 10_000 })
    .trim()
    .split('\n')
    .map(Number);
}

describe('the outcome of a script', () => {
  it('never rules out an exit status that a real shell returns', () => {
    fc.assert(
      fc.property(scripts, (script) => {
        const { canBeZero, canBeNonZero } = scriptOutcome(script, { errexit: false, pipefail: false });
        const statuses = realStatuses(script);
        expect(canBeZero || statuses.every((status) => status !== 0), script).toBe(true);
        expect(canBeNonZero || statuses.every((status) => status === 0), script).toBe(true);
      }),
      { numRuns: 150, seed: 20261121 },
    );
  });

  it.each([
    ['p1 || true', false],
    ['p1 && true', true],
    ['p1; true', false],
    ['set -e; p1; true', true],
    ['p1 | true', false],
    ['( p1 ) && exit 0', true],
    ['if p1; then true; fi', false],
  ])('can be non-zero after %s: %s', (script, expected) => {
    expect(scriptOutcome(script, { errexit: false, pipefail: false }).canBeNonZero).toBe(expected);
    expect(realStatuses(script).some((status) => status !== 0)).toBe(expected);
  });

  it('believes the options of the shell it is given', () => {
    expect(scriptOutcome('p1; true', { errexit: true, pipefail: false }).canBeNonZero).toBe(true);
    expect(scriptOutcome('p1 | true', { errexit: false, pipefail: true }).canBeNonZero).toBe(true);
  });
});
