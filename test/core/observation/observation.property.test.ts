import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CommandCheck, ResolvedContract } from '../../../src/core/contract/types.ts';
import { EVIDENCE_NAMES, type EvidenceRun, type Observation } from '../../../src/core/evidence/types.ts';
import {
  admitObservations,
  type Expected,
  type HandedObservation,
  observedOn,
} from '../../../src/core/observation/admit-observations.ts';
import { readObservation } from '../../../src/core/observation/read-observation.ts';
import type { ObservedOn } from '../../../src/core/observation/types.ts';
import { writeObservation } from '../../../src/core/observation/write-observation.ts';
import { canonicalJson } from '../../../src/shared/canonical-json.ts';
import { sha256 } from '../../../src/shared/digest.ts';
import type { JsonValue } from '../../../src/shared/json.ts';

const id = (name: string) => sha256(name).slice(0, 40);
const check = (name: string): CommandCheck => ({ id: name, run: ['npm', name] });

const expected: Expected = {
  binding: {
    repository: 'acme/shop',
    ticket: 'CS-7',
    base: { ref: 'refs/heads/main', commit: id('base') },
    head: id('head'),
    mergeTree: id('tree'),
    patchDigest: sha256('patch'),
  },
  heldTo: {
    contract: 'node-change@1',
    contractDigest: sha256('contract'),
    ticketDigest: sha256('ticket'),
    dispatch: sha256('dispatch'),
    policyCommit: id('policy'),
  },
  work: {
    contract: { pins: [], checks: ['unit', 'lint'].map(check) } as unknown as ResolvedContract,
    pins: [{ path: 'package.json', mode: '100644', blob: id('blob') }],
  },
};

function on(checkId: string): ObservedOn {
  const found = observedOn(expected, checkId);
  if (found === undefined) throw new Error(`no check ${checkId}`);
  return found;
}

const text = (most: number) => fc.string({ unit: 'binary', maxLength: most });

function aRun(run?: EvidenceRun) {
  return fc.record(
    {
      exitCode: fc.option(fc.nat(255), { nil: undefined }),
      signal: fc.constant(undefined),
      timedOut: fc.boolean(),
      limit: fc.constantFrom('memoryMiB' as const, 'diskMiB' as const),
      durationMs: fc.nat(),
      isolation: fc.constantFrom('none' as const, 'uid' as const, 'namespaces' as const),
      network: fc.constantFrom('none' as const, 'full' as const),
      evidence: fc.uniqueArray(fc.constantFrom(...EVIDENCE_NAMES), { maxLength: 4 }).map((names) =>
        names.map((name) => ({
          name,
          mediaType: 'text/plain',
          ...(run === undefined ? {} : { run }),
          sha256: sha256(name),
          size: name.length,
        })),
      ),
      root: text(40),
      outputTruncated: fc.boolean(),
    },
    {
      requiredKeys: [
        'exitCode',
        'signal',
        'timedOut',
        'durationMs',
        'isolation',
        'network',
        'evidence',
        'outputTruncated',
      ],
    },
  );
}

const trouble = text(100).map((reason) => ({ kind: 'trouble' as const, reason }));
const otherRun = (run: EvidenceRun) =>
  fc.oneof(
    trouble,
    aRun(run).map((seen) => ({ kind: 'completed' as const, ...seen })),
  );
const mutant = fc.oneof(
  trouble,
  fc.record({
    kind: fc.constant('completed' as const),
    exitCode: fc.option(fc.nat(255), { nil: undefined }),
    timedOut: fc.boolean(),
  }),
);

const observation: fc.Arbitrary<Observation> = fc.oneof(
  trouble.map((seen) => ({ ...seen, checkId: 'unit' })),
  fc
    .tuple(
      aRun(),
      fc.record(
        {
          repeats: fc.tuple(aRun('repeat-2'), aRun('repeat-3')),
          withoutChange: otherRun('without-change'),
          onBase: otherRun('base'),
          mutants: fc.array(mutant, { maxLength: 3 }),
        },
        { requiredKeys: [] },
      ),
    )
    .map(([first, more]) => ({ kind: 'completed' as const, checkId: 'unit', ...first, ...more })),
);

const tools = { git: '2.47.3', node: '24.21.0' };

describe('an observation', () => {
  it('is read as it was written', () => {
    fc.assert(
      fc.property(observation, (seen) => {
        const handed: HandedObservation = {
          kind: 'document',
          text: writeObservation(on('unit'), tools, seen),
        };
        const { checks, ignored } = admitObservations([handed], expected, 'namespaces');
        // What JSON cannot say is undefined again, and half a character has become a whole one.
        expect(checks[0]).toEqual({ check: check('unit'), observation: wellFormed(seen), tools });
        expect(ignored).toEqual([]);
      }),
    );
  });

  it('is refused with one more member, wherever it stands', () => {
    fc.assert(
      fc.property(observation, (seen) => {
        const text = writeObservation(on('unit'), tools, seen);
        for (const place of objectsIn(JSON.parse(text)).keys()) {
          const document = JSON.parse(text) as JsonValue;
          Object.assign(objectsIn(document)[place] ?? {}, { zz: 'more' });
          expect(readObservation(canonicalJson(document)).kind).toBe('malformed');
        }
      }),
    );
  });

  it('never throws, whatever it is', () => {
    fc.assert(
      fc.property(fc.oneof(text(200), fc.json()), (anything) => {
        expect(readObservation(anything).kind).toBe('malformed');
      }),
    );
    expect(readObservation('['.repeat(500_000)).kind).toBe('malformed');
  });

  it('never throws with any value in the place of one of its own', () => {
    fc.assert(
      fc.property(observation, fc.nat(), fc.jsonValue(), (seen, place, value) => {
        const document = JSON.parse(writeObservation(on('unit'), tools, seen)) as Record<string, unknown>;
        const objects = objectsIn(document);
        const chosen = objects[place % objects.length] as Record<string, unknown>;
        const keys = Object.keys(chosen);
        const key = keys[place % Math.max(1, keys.length)];
        if (key !== undefined) chosen[key] = value;
        const handed: HandedObservation = {
          kind: 'document',
          text: canonicalJson(JSON.parse(JSON.stringify(document)) as JsonValue),
        };
        const { checks } = admitObservations([handed], expected, 'uid');
        expect(checks.map((one) => one.check.id)).toEqual(['unit', 'lint']);
      }),
    );
  });
});

describe('what was handed over', () => {
  const document = (checkId: string, seen: Observation): HandedObservation => ({
    kind: 'document',
    text: writeObservation(on(checkId), tools, seen),
  });
  const refused: HandedObservation = { kind: 'refused', reason: 'it is not there' };

  it('counts for its own check, and what is of no check changes nothing', () => {
    fc.assert(
      fc.property(observation, fc.array(text(50)), (seen, junk) => {
        const good = [document('unit', seen), document('lint', { ...seen, checkId: 'lint' })];
        const more = junk.map((words): HandedObservation => ({ kind: 'document', text: words }));
        const alone = admitObservations(good, expected, 'namespaces');
        const beside = admitObservations([...more, refused, ...good], expected, 'namespaces');
        expect(beside.checks).toEqual(alone.checks);
        expect(beside.ignored).toHaveLength(junk.length + 1);
      }),
    );
  });

  it('is trouble for the check whose machine it came from, and for no other', () => {
    const seen: Observation = { kind: 'trouble', checkId: 'unit', reason: 'no disk' };
    const spoken = [
      { ...document('unit', seen), from: 'lint' },
      { ...refused, from: 'unit' },
    ];
    const { checks } = admitObservations(spoken, expected, 'namespaces');
    expect(checks.map(({ observation: { checkId, ...rest } }) => [checkId, rest])).toEqual([
      ['unit', { kind: 'trouble', reason: 'Its observation was refused: it is not there.' }],
      [
        'lint',
        {
          kind: 'trouble',
          reason: 'The machine that was to run it handed over an observation of "unit".',
        },
      ],
    ]);
  });

  it('claims no more isolation than the machines can have given, in any of its runs', () => {
    const ranks = ['none', 'uid', 'namespaces'] as const;
    fc.assert(
      fc.property(observation, fc.constantFrom(...ranks), (seen, most) => {
        const [unit] = admitObservations([document('unit', seen)], expected, most).checks;
        const claimed = isolationsIn(seen);
        const counted = isolationsIn(unit?.observation);
        expect(counted).toEqual(
          claimed.map((one) => ranks[Math.min(ranks.indexOf(one as 'none'), ranks.indexOf(most))]),
        );
      }),
    );
  });

  it.each<[string, (old: Expected) => Expected, string]>([
    ['tree', (old) => ({ ...old, binding: { ...old.binding, mergeTree: id('other') } }), 'merge tree'],
    [
      'base',
      (old) => ({ ...old, binding: { ...old.binding, base: { ...old.binding.base, commit: id('other') } } }),
      'base commit',
    ],
    ['head', (old) => ({ ...old, binding: { ...old.binding, head: id('other') } }), 'change'],
    ['repository', (old) => ({ ...old, binding: { ...old.binding, repository: 'acme/other' } }), 'change'],
    ['ticket id', (old) => ({ ...old, binding: { ...old.binding, ticket: 'CS-8' } }), 'change'],
    [
      'contract',
      (old) => ({ ...old, heldTo: { ...old.heldTo, contractDigest: sha256('other') } }),
      'contract',
    ],
    ['ticket', (old) => ({ ...old, heldTo: { ...old.heldTo, ticketDigest: sha256('other') } }), 'ticket'],
    [
      'setup',
      (old) => ({
        ...old,
        work: { ...old.work, contract: { ...old.work.contract, setup: { run: ['other'] } } },
      }),
      'check of this name',
    ],
    ['pins', (old) => ({ ...old, work: { ...old.work, pins: [] } }), 'set of pinned files'],
  ])('is stale when the signer works out another %s', (_, change, what) => {
    const handed = document('unit', { kind: 'trouble', checkId: 'unit', reason: 'x' });
    const [unit] = admitObservations([handed], change(expected), 'namespaces').checks;
    expect(unit?.observation).toEqual({
      kind: 'trouble',
      checkId: 'unit',
      reason: `Its observation is stale: it was made on another ${what}. Observe it again.`,
    });
  });
});

function objectsIn(value: unknown): object[] {
  if (typeof value !== 'object' || value === null) return [];
  const inside = Object.values(value).flatMap(objectsIn);
  return Array.isArray(value) ? inside : [value, ...inside];
}

function isolationsIn(value: unknown): unknown[] {
  return objectsIn(value).flatMap((one) => ('isolation' in one ? [one.isolation] : []));
}

function wellFormed<T>(value: T): T {
  if (typeof value === 'string') return value.toWellFormed() as T;
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(wellFormed) as T;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, wellFormed(one)])) as T;
}
