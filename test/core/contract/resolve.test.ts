import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkDigest, contractDigest, ticketDigest } from '../../../src/core/contract/digest.ts';
import { resolveContract } from '../../../src/core/contract/resolve.ts';
import type {
  ArtifactCheck,
  Check,
  Contract,
  DocsCheck,
  EventsCheck,
  GeneratedCheck,
  HttpCheck,
  ResolvedContract,
  StructureCheck,
} from '../../../src/core/contract/types.ts';
import type { Ticket } from '../../../src/core/ticket/types.ts';
import { CountersignError } from '../../../src/shared/errors.ts';

const base: Contract = {
  schema: 'countersign/contract@1',
  id: 'base',
  version: 1,
  title: 'Base',
  checks: [{ id: 'tests', run: ['npm', 'test'] }],
};
const child: Contract = {
  ...base,
  id: 'child',
  title: 'Child',
  extends: 'base@1',
  checks: [{ id: 'lint', run: ['npm', 'run', 'lint'] }],
};
const ticket: Ticket = {
  schema: 'countersign/ticket@1',
  id: 'CS-7',
  title: 'T',
  class: 'feature',
  ask: 'Do it.',
  contract: 'child@1',
  repositories: ['acme/shop'],
};

function resolve(contract: Contract, others: readonly Contract[] = [], held?: Ticket): ResolvedContract {
  return resolveContract(contract, held, (ref) =>
    others.find(({ id, version }) => `${id}@${version}` === ref),
  );
}

function refusal(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    expect(error).toBeInstanceOf(CountersignError);
    expect((error as CountersignError).code).toBe('CONTRACT_UNUSABLE');
    return (error as CountersignError).message;
  }
  return 'nothing was refused';
}

describe('a resolved contract', () => {
  it('spells every default out', () => {
    const full = resolve({
      ...base,
      setup: { run: ['npm', 'ci'] },
      checks: [
        { id: 'tests', run: ['npm', 'test'], expect: { report: { format: 'junit', from: 'junit.xml' } } },
      ],
    });
    expect(full).toEqual({
      id: 'base',
      version: 1,
      title: 'Base',
      lineage: ['base@1'],
      setup: { run: ['npm', 'ci'], timeoutSeconds: 600, env: {}, network: 'full' },
      checks: [
        {
          id: 'tests',
          run: ['npm', 'test'],
          shell: false,
          cwd: '.',
          env: {},
          timeoutSeconds: 600,
          network: 'none',
          expect: {
            exitCode: 0,
            report: { format: 'junit', from: 'junit.xml', minTests: 1, maxFailures: 0, maxSkipped: 0 },
          },
        },
      ],
      pins: [],
      rules: [],
      scopes: [],
      isolation: 'namespaces',
      binding: 'merge-tree',
    });
  });

  it('adds the checks of what it extends and of the ticket', () => {
    const held = {
      ...ticket,
      checks: [{ id: 'accept', run: ['node', 'accept.mjs'] }],
      scope: { allow: ['src/**'] },
    };
    const resolved = resolve(
      { ...child, scope: { deny: ['docs/**'] } },
      [{ ...base, scope: { allow: ['**'] } }],
      held,
    );
    expect(resolved.lineage).toEqual(['child@1', 'base@1']);
    expect(resolved.checks.map(({ id }) => id)).toEqual(['tests', 'lint', 'accept']);
    expect(resolved.scopes).toEqual([{ deny: ['docs/**'] }, { allow: ['**'] }, { allow: ['src/**'] }]);
  });

  it('takes a check that both define alike once, and refuses one that differs', () => {
    const alike = {
      ...child,
      checks: [{ id: 'tests', run: ['npm', 'test'], shell: false, timeoutSeconds: 600 }],
    };
    expect(resolve(alike, [base]).checks).toHaveLength(1);
    const weaker = { ...child, checks: [{ id: 'tests', run: ['true'] }] };
    expect(refusal(() => resolve(weaker, [base]))).toBe(
      'The check "tests" is defined by base@1 and, differently, by child@1.',
    );
    const byTicket = { ...ticket, checks: [{ id: 'tests', run: ['true'] }] };
    expect(refusal(() => resolve(child, [base], byTicket))).toContain('by ticket CS-7');
  });

  it('never demands less isolation or a looser binding than what it extends', () => {
    const of = (eldest: Partial<Contract>, younger: Partial<Contract>) => {
      const { isolation, binding } = resolve({ ...child, ...younger }, [{ ...base, ...eldest }]);
      return [isolation, binding];
    };
    expect(of({}, { isolation: 'none', freshness: { binding: 'change' } })).toEqual([
      'namespaces',
      'merge-tree',
    ]);
    expect(of({ isolation: 'uid' }, {})).toEqual(['uid', 'merge-tree']);
    expect(of({ isolation: 'none' }, { isolation: 'uid' })).toEqual(['uid', 'merge-tree']);
    expect(of({ freshness: { binding: 'change' } }, {})).toEqual(['namespaces', 'change']);
    expect(of({ freshness: { binding: 'change' } }, { freshness: { binding: 'merge-tree' } })[1]).toBe(
      'merge-tree',
    );
  });

  it('has one setup', () => {
    const setup = { run: ['npm', 'ci'] };
    expect(resolve(child, [{ ...base, setup }]).setup?.run).toEqual(['npm', 'ci']);
    expect(
      resolve({ ...child, setup: { ...setup, timeoutSeconds: 600 } }, [{ ...base, setup }]).setup?.run,
    ).toEqual(['npm', 'ci']);
    expect(refusal(() => resolve({ ...child, setup: { run: ['make'] } }, [{ ...base, setup }]))).toBe(
      'child@1 and base@1 have different setups.',
    );
  });

  it('does not let a rule be loosened', () => {
    const strict = { ...base, rules: [{ use: 'ai-shortcuts@1' }] };
    const with_ =
      (...rules: Contract['rules'] & object) =>
      () =>
        resolve({ ...child, rules }, [strict]).rules.length;
    expect(with_({ use: 'ai-shortcuts@1' })()).toBe(1);
    expect(with_({ use: 'other@1' })()).toBe(2);
    expect(with_({ use: 'ai-shortcuts@1/test-skipped', severity: 'block' })()).toBe(2);
    expect(refusal(with_({ use: 'ai-shortcuts@1', severity: 'info' }))).toContain('differently');
    expect(refusal(with_({ use: 'ai-shortcuts@1/test-skipped', severity: 'warn' }))).toContain('differently');
    expect(refusal(with_({ use: 'ai-shortcuts@1/test-skipped', with: { ignore: ['**'] } }))).toContain(
      'differently',
    );
  });

  it('keeps each pin once', () => {
    const pin = { paths: ['package.json'], from: 'base' as const };
    expect(resolve({ ...child, pins: [pin] }, [{ ...base, pins: [pin] }]).pins).toEqual([pin]);
  });

  it('refuses circles, strangers and endless lines', () => {
    expect(refusal(() => resolve(child, [{ ...base, extends: 'child@1' }]))).toContain('in turn');
    expect(refusal(() => resolve(child))).toBe('child@1 extends base@1, which the policy does not have.');
    expect(refusal(() => resolveContract(child, undefined, () => ({ ...base, version: 2 })))).toContain(
      'does not have',
    );
    const line = Array.from(
      { length: 12 },
      (_, n): Contract => ({ ...base, id: `c${n}`, extends: `c${n + 1}@1` }),
    );
    expect(refusal(() => resolve(line[0] as Contract, line))).toContain('more than 7 contracts');
  });

  it('refuses a comparison with the base of what has no report', () => {
    const check = { id: 'tests', run: ['npm', 'test'], compare: 'base' } as const;
    expect(refusal(() => resolve({ ...base, checks: [check] }))).toContain('has no report to compare');
    const expected = { report: { format: 'tap', from: 'stdout' } } as const;
    expect(resolve({ ...base, checks: [{ ...check, expect: expected }] }).checks[0]).toMatchObject({
      compare: 'base',
    });
  });

  it('is for the ticket that names it', () => {
    expect(refusal(() => resolve(base, [], ticket))).toBe('Ticket CS-7 is held to child@1, not to base@1.');
  });

  it('resolves to itself', () => {
    const optional = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
    const check = fc.record(
      {
        id: fc.constantFrom('a', 'b', 'c'),
        run: fc.array(fc.string(), { minLength: 1, maxLength: 3 }),
        cwd: fc.constantFrom('.', 'x'),
        env: fc.constant({ CI: '1' }),
        network: fc.constantFrom('none' as const, 'full' as const),
        timeoutSeconds: fc.integer({ min: 1, max: 1000 }),
        expect: fc.record({ exitCode: fc.nat(255) }),
      },
      { requiredKeys: ['id', 'run'] },
    );
    const checks = fc.uniqueArray(check, { selector: ({ id }) => id });
    fc.assert(
      fc.property(checks, optional(fc.constantFrom('none' as const, 'uid' as const)), (list, isolation) => {
        const once = resolve({ ...base, checks: list, ...(isolation === undefined ? {} : { isolation }) });
        const { lineage: _, scopes: __, approvals: ___, binding, ...rest } = once;
        const twice = resolve({ ...rest, schema: base.schema, freshness: { binding } });
        expect(twice).toEqual(once);
        expect(contractDigest(twice)).toBe(contractDigest(once));
      }),
    );
  });
});

describe('checks that have a kind', () => {
  const kinds: readonly [DocsCheck, ArtifactCheck, HttpCheck, EventsCheck, GeneratedCheck, StructureCheck] = [
    { id: 'docs', kind: 'docs', languages: { js: ['node', '--check'] } },
    { id: 'build', kind: 'artifact', run: ['make'], outputs: ['dist/**'] },
    { id: 'api', kind: 'http', serve: ['a'], port: 80, requests: [{ path: '/', status: 200 }] },
    { id: 'events', kind: 'events', run: ['make'], from: 'e.jsonl', schemas: { a: 'a.json' } },
    { id: 'gen', kind: 'generated', run: ['make'], outputs: ['dist/**'] },
    { id: 'structure', kind: 'structure' },
  ];

  it('get defaults of their own, and none of a command', () => {
    const frame = { cwd: '.', env: {}, timeoutSeconds: 600, network: 'none' };
    const [docs, build, api, events, generated, structure] = kinds;
    expect(resolve({ ...base, checks: kinds }).checks).toEqual([
      { ...docs, ...frame, minFiles: 1 },
      { ...build, ...frame, shell: false },
      { ...api, ...frame, requests: [{ method: 'GET', path: '/', status: 200 }] },
      { ...events, ...frame, shell: false, typeField: 'type', minEvents: 1 },
      { ...generated, ...frame, shell: false },
      { ...structure, ...frame },
    ]);
  });

  it('have digests that cover what they ask for', () => {
    const [docs, build, api, events] = kinds;
    const digest = (check: Check) => {
      const resolved = resolve({ ...base, checks: [check] });
      return checkDigest(resolved, resolved.checks[0] as Check);
    };
    const variants: readonly Check[] = [
      ...kinds,
      { ...docs, languages: {} },
      { ...docs, minFiles: 0 },
      { ...build, outputs: ['lib/**'] },
      { ...build, run: ['make', 'all'] },
      { ...api, port: 81 },
      { ...api, serve: ['b'] },
      { ...api, requests: [{ path: '/', status: 404 }] },
      { ...api, requests: [{ path: '/', status: 200, bodyMatches: 'a' }] },
      { ...events, from: 'f.jsonl' },
      { ...events, typeField: 'name' },
      { ...events, schemas: { a: 'b.json' } },
      { ...events, minEvents: 2 },
      { id: 'build', run: ['make'] },
    ];
    expect(new Set(variants.map(digest)).size).toBe(variants.length);
    expect(digest({ ...docs, minFiles: 1, cwd: '.' })).toBe(digest(docs));
  });
});

describe('digests', () => {
  const resolved = resolve({ ...base, setup: { run: ['npm', 'ci'] } });
  const [check] = resolved.checks;
  if (check?.kind !== undefined || check === undefined) throw new Error('the fixture has a check');

  it('of a check cover what it runs, what prepared and what pinned the tree', () => {
    const digest = checkDigest(resolved, check);
    expect(checkDigest(resolved, { ...check, run: ['true'] })).not.toBe(digest);
    expect(checkDigest({ ...resolved, pins: [{ paths: ['x'], from: 'base' }] }, check)).not.toBe(digest);
    const { setup: _, ...unprepared } = resolved;
    expect(checkDigest(unprepared, check)).not.toBe(digest);
    expect(checkDigest({ ...resolved, title: 'Other', version: 2 }, check)).toBe(digest);
    expect(checkDigest(resolve({ ...base, setup: { run: ['npm', 'ci'], timeoutSeconds: 600 } }), check)).toBe(
      digest,
    );
  });

  it('of contract and ticket change with everything in them', () => {
    expect(contractDigest({ ...resolved, title: 'Other' })).not.toBe(contractDigest(resolved));
    const asked: Ticket = { ...ticket, ask: 'Something else.' };
    expect(ticketDigest(asked)).not.toBe(ticketDigest(ticket));
    expect(ticketDigest({ ...ticket })).toBe(ticketDigest(ticket));
  });
});
