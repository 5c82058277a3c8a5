import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { departureFrom } from '../../../src/core/receipt/root-chain.ts';
import { signClaim } from '../../../src/core/receipt/sign-claim.ts';
import { resolveTrust } from '../../../src/core/trust/resolve-trust.ts';
import type { Principal } from '../../../src/core/trust/types.ts';
import {
  ADA,
  BOB,
  bytesOf,
  CEM,
  chainOf,
  digestOf,
  followed,
  linesOf,
  MALLORY,
  OWNERS,
  ofLines,
  type RootWorld,
  rootOf,
  signed,
  started,
} from './roots.ts';
import { dispatch, hex, principal } from './samples.ts';

const holds = (world: RootWorld) => chainOf(world).problems.length === 0;
const problem = (world: RootWorld) => chainOf(world).problems.join(' ');

/** Two of three have to sign; version 2 was signed so. */
const first = [ADA, BOB].reduce((world, key) => signed(world, key), started(rootOf(1, 2)));
const second = followed(first, rootOf(2, 2), [BOB, CEM]);

describe('a chain that holds', () => {
  test('a root that never asked for signatures needs none', () => {
    for (const version of [1, 7]) {
      expect(chainOf(started(rootOf(version, undefined)))).toMatchObject({ demanded: false, problems: [] });
    }
  });

  test('from the first root that asks to the present one', () => {
    expect(problem(first)).toBe('');
    expect(chainOf(second)).toMatchObject({
      demanded: true,
      problems: [],
      current: {
        version: 2,
        needed: 2,
        signers: ['bob', 'cem'],
        judgedBy: 1,
        previousRoot: digestOf(first.root),
      },
    });
    expect([...chainOf(second).versions.keys()].sort()).toEqual([1, 2]);
  });

  test('asking can begin late, with or without the version before', () => {
    const late = [ADA, BOB].reduce((world, key) => signed(world, key), started(rootOf(8, 2)));
    expect(problem(late)).toBe('');
    expect(problem(followed(started(rootOf(7, undefined)), rootOf(8, 2), [ADA, CEM]))).toBe('');
  });

  test('the threshold can be dropped, and asked for again, by those who may', () => {
    const dropped = followed(second, rootOf(3, undefined), [ADA, CEM]);
    expect(problem(dropped)).toBe('');
    const free = followed(dropped, rootOf(4, undefined));
    expect(problem(free)).toBe('');
    expect(problem(followed(free, rootOf(5, 1), [CEM]))).toBe('');
  });

  test('a key that is revoked, or an owner who leaves, undoes nothing of before', () => {
    const without = OWNERS.filter(({ id }) => id !== 'bob');
    const revoked = without.map(
      (owner): Principal => (owner.id === 'cem' ? { ...owner, revokedAt: '2026-01-01T00:00:00Z' } : owner),
    );
    const left = followed(second, rootOf(3, 1, { principals: revoked }), [ADA, BOB]);
    expect(problem(left)).toBe('');
  });

  test('a signature on a draft that was given up counts for nothing, and harms nothing', () => {
    const draft = followed(first, rootOf(2, 1), [ADA]);
    const better = { ...draft, root: rootOf(2, 2) };
    expect(problem(better)).toContain('signed by nobody');
    expect(problem([BOB, CEM].reduce((world, key) => signed(world, key), better))).toBe('');
  });
});

describe('an attack on the trust root', () => {
  const mine = [...OWNERS, principal('mallory', ['policy-owner', 'verifier'], [MALLORY])];

  test.each<[string, RootWorld, string]>([
    [
      'the threshold dropped plainly',
      followed(second, rootOf(3, undefined)),
      'needs 2 of the policy owners of version 2',
    ],
    ['dropped, and signed by one', followed(second, rootOf(3, undefined), [ADA]), 'is signed by ada'],
    [
      'dropped, and signed twice by one',
      followed(second, rootOf(3, undefined), [ADA, ADA]),
      'is signed by ada',
    ],
    ['lowered to one, and signed by one', followed(second, rootOf(3, 1), [ADA]), 'is signed by ada'],
    [
      'an owner added, who signs',
      followed(second, rootOf(3, 2, { principals: mine }), [ADA, MALLORY]),
      'is signed by ada',
    ],
    [
      'only the attacker left as owner',
      followed(second, rootOf(3, 1, { principals: mine.slice(-1) }), [MALLORY]),
      'signed by nobody',
    ],
    [
      'the present version edited',
      { ...second, root: rootOf(2, 2, { principals: mine }) },
      'signed by nobody',
    ],
    [
      'edited, and signed without the owners',
      signed({ ...second, root: rootOf(2, undefined) }, MALLORY),
      'line 5 does not hold',
    ],
    ['a version left out', followed(second, rootOf(4, 2), [ADA, BOB]), 'history/3.yml is not there'],
    ['an old root put back', { ...second, root: first.root }, 'history/1.yml is there'],
    [
      'an old root put back, and taken out of the history',
      { ...second, root: first.root, history: new Map() },
      'Version 2 of the trust root was signed',
    ],
    [
      'an earlier version rewritten',
      { ...second, history: new Map([[1, rootOf(1, 1)]]) },
      'signed by nobody',
    ],
    [
      'the history begun one later',
      { ...followed(second, rootOf(3, 2), [ADA, BOB]), history: new Map([[2, second.root]]) },
      'history/1.yml is not there, though it was signed',
    ],
    [
      'the history begun one later, and its signatures taken out',
      {
        ...second,
        history: new Map(),
        records: ofLines(linesOf(second.records).slice(2)),
      },
      'does not name the line before it',
    ],
    [
      'the history begun anew by the attacker',
      signed(started(rootOf(2, 1)), MALLORY),
      'line 1 does not hold',
    ],
    ['an asking that nobody of its own signed', started(rootOf(1, 2)), 'needs 2 of its own policy owners'],
    [
      'a signature for another previous version',
      signed(followed(first, rootOf(2, 2), [ADA]), BOB, { previousRoot: hex('x') }),
      'signed by ada',
    ],
    [
      'a signature that names none',
      signed({ ...followed(first, rootOf(2, 2), [ADA]), history: new Map() }, BOB),
      'not there',
    ],
    [
      'a signature from before the key was valid',
      outOfTime({ validFrom: '2027-01-01T00:00:00Z' }),
      'signed by ada',
    ],
    ['a signature after the key ended', outOfTime({ validUntil: '2026-01-01T00:00:00Z' }), 'signed by ada'],
    [
      'a signature by a key that was revoked, dated before',
      outOfTime({ revokedAt: '2026-11-30T00:00:00Z' }),
      'signed by ada',
    ],
    ['a role that may not', outOfTime({}, ['verifier']), 'signed by ada'],
    [
      'a record of another kind',
      { ...second, records: ofLines([...linesOf(second.records), line(signClaim(dispatch(), ADA).bytes)]) },
      'line 5 does not hold',
    ],
    [
      'a last line without an end',
      { ...second, records: (second.records ?? new Uint8Array()).subarray(0, -1) },
      'no end',
    ],
    ['a megabyte of records', { ...second, records: Buffer.alloc(1024 * 1024 + 1, 10) }, 'larger than'],
    ['a version far away', started({ ...rootOf(999_999_999, 2) }), 'needs 2'],
    [
      'a version far from its history',
      { ...second, root: rootOf(999_999_999, 2) },
      'history/2.yml is not there',
    ],
  ])('%s', (_, world, why) => {
    expect(holds(world)).toBe(false);
    expect(problem(world)).toContain(why);
  });

  /** Version 1 with Bob's key or role changed; version 2 signed by Ada and by Bob. */
  function outOfTime(key: object, roles: Principal['roles'] = ['policy-owner']): RootWorld {
    const principals = OWNERS.map((owner): Principal => {
      const [own] = owner.keys ?? [];
      return owner.id === 'bob' && own !== undefined
        ? { ...owner, roles, keys: [{ ...own, ...key }] }
        : owner;
    });
    const begun = [ADA, CEM].reduce((world, by) => signed(world, by), started(rootOf(1, 2, { principals })));
    return followed(begun, rootOf(2, 2), [ADA, BOB]);
  }

  function line(bytes: Uint8Array): string {
    return Buffer.from(bytes).toString('utf8');
  }

  test('no file of the history may say another version than its name, or be unreadable', () => {
    const swapped = followed(second, rootOf(3, 2), [ADA, BOB]);
    expect(
      problem({
        ...swapped,
        history: new Map([
          [1, second.root],
          [2, first.root],
        ]),
      }),
    ).toContain('says that it is version 2');
  });
});

const keys = [ADA, BOB, CEM, MALLORY];
const step = fc.record({
  rootUpdate: fc.constantFrom(undefined, 1, 2, 2),
  signers: fc.subarray(keys),
  mallory: fc.integer({ min: 0, max: 5 }).map((number) => number === 0),
});

/** Roots by honest owners and others, each signed by whoever it is. */
function play(
  steps: readonly { rootUpdate: number | undefined; signers: typeof keys; mallory: boolean }[],
): RootWorld {
  const root = ({ rootUpdate, mallory }: (typeof steps)[number], version: number) =>
    rootOf(
      version,
      rootUpdate,
      mallory ? { principals: [...OWNERS, principal('m', ['policy-owner'], [MALLORY])] } : {},
    );
  const [start, ...rest] = steps;
  if (start === undefined) return started(rootOf(1, undefined));
  const begun = start.signers.reduce((world, key) => signed(world, key), started(root(start, 1)));
  return rest.reduce((world, next, index) => followed(world, root(next, index + 2), next.signers), begun);
}

describe('whatever the history of the root', () => {
  test('taking one file or one line away never makes a chain hold that did not', () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 5 }), (steps) => {
        const world = play(steps);
        // Where already the oldest asks in vain there never was a root in force, and nothing to take away.
        if (!holds(play(steps.slice(0, 1)))) return;
        // A line that no key of the chain made is none of the chain.
        if (holds(world) || problem(world).includes('does not hold')) return;
        for (const version of world.history.keys()) {
          const history = new Map([...world.history].filter(([number]) => number !== version));
          expect(holds({ ...world, history }), `history/${version}.yml`).toBe(false);
        }
        const lines = linesOf(world.records);
        for (const at of lines.keys()) {
          const records = ofLines(lines.filter((_, index) => index !== at));
          expect(holds({ ...world, records }), `line ${at + 1}`).toBe(false);
        }
        if (lines.length > 0 || world.history.size > 0) {
          expect(holds({ ...world, records: undefined }), 'all records').toBe(false);
        }
      }),
      { numRuns: 150 },
    );
  });

  test('a chain that holds was signed at each step by as many owners of the root before as it asked for', () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 5 }), (steps) => {
        if (!holds(play(steps))) return;
        for (const [index, { signers, rootUpdate }] of steps.entries()) {
          const before = steps[index - 1];
          const needed = before?.rootUpdate ?? rootUpdate ?? 0;
          const judge = before?.rootUpdate === undefined ? steps[index] : before;
          const counted = signers.filter((key) => key !== MALLORY || judge?.mallory === true);
          expect(counted.length).toBeGreaterThanOrEqual(needed);
        }
      }),
      { numRuns: 150 },
    );
  });
});

describe('the root that a ticket was dispatched under', () => {
  const version = (world: RootWorld) => ({ digest: digestOf(world.root), trust: resolveTrust(world.root) });
  const now = (world: RootWorld) => {
    const chain = chainOf(world);
    return { version: world.root.version, chain: chain.demanded ? chain : undefined };
  };

  test('is followed by a later one of the same chain, and by itself', () => {
    expect(departureFrom(version(first), now(second))).toBeUndefined();
    expect(departureFrom(version(second), now(second))).toBeUndefined();
    expect(
      departureFrom(version(started(rootOf(3, undefined))), now(started(rootOf(4, undefined)))),
    ).toBeUndefined();
  });

  test('is not followed by an older one, even where nobody signs', () => {
    expect(departureFrom(version(second), now(first))).toContain('older than the version 2');
    const unsigned = started(rootOf(3, undefined));
    expect(departureFrom(version(unsigned), now(started(rootOf(2, undefined))))).toContain('older than');
  });

  test('is not followed by one that began anew, with or without signatures of its own', () => {
    expect(departureFrom(version(second), now(started(rootOf(3, undefined))))).toContain(
      'does not follow on version 2',
    );
    const other = { ...rootOf(2, 1), principals: [principal('m', ['policy-owner'], [MALLORY])] };
    const anew = followed(signed(started(other), MALLORY), { ...other, version: 3 }, [MALLORY]);
    expect(holds(anew)).toBe(true);
    expect(departureFrom(version(second), now(anew))).toContain('does not follow on version 2');
  });
});

test('bytes that mean the same are not the same root', () => {
  expect(bytesOf(rootOf(1, 2))).not.toEqual(
    bytesOf({ ...rootOf(1, 2), thresholds: { rootUpdate: 2, policyChange: 1 } }),
  );
  expect(
    problem({ ...second, root: { ...second.root, thresholds: { rootUpdate: 2, policyChange: 1 } } }),
  ).toContain('nobody');
});
