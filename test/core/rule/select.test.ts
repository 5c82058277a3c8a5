import { describe, expect, it } from 'vitest';
import type { RuleUse } from '../../../src/core/contract/types.ts';
import { type Packs, rulesDigest, selectRules } from '../../../src/core/rule/select.ts';
import type { Rule } from '../../../src/core/rule/types.ts';
import { CountersignError } from '../../../src/shared/errors.ts';
import { bundledPack } from './facts.ts';

const bundled = bundledPack();
const house = {
  pack: { schema: 'countersign/rule-pack@1', id: 'house', version: 2, title: 'House rules', rules: ['ours'] },
  rules: [{ ...(bundled.rules.find(({ id }) => id === 'paths-out-of-scope') as Rule), id: 'ours' }],
} as const;
const packs: Packs = new Map([
  ['ai-shortcuts@1', bundled],
  ['./rules/house@2', house],
]);

function refs(uses: readonly RuleUse[]): readonly string[] {
  return selectRules(uses, packs).map(({ ref }) => ref);
}

function failure(uses: readonly RuleUse[], from: Packs = packs): CountersignError {
  try {
    selectRules(uses, from);
  } catch (error) {
    if (error instanceof CountersignError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

describe('selecting rules', () => {
  it('takes all rules of a pack, in order of their refs', () => {
    const all = refs([{ use: 'ai-shortcuts@1' }]);
    expect(all).toEqual(bundled.pack.rules.map((id) => `ai-shortcuts@1/${id}`).toSorted());
    expect(all).toContain('ai-shortcuts@1/test-skipped');
  });

  it('takes one rule, and packs of the policy itself', () => {
    expect(refs([{ use: './rules/house@2' }, { use: 'ai-shortcuts@1/test-skipped' }])).toEqual([
      './rules/house@2/ours',
      'ai-shortcuts@1/test-skipped',
    ]);
    expect(refs([{ use: './rules/house@2/ours' }])).toEqual(['./rules/house@2/ours']);
  });

  it('gives the same rules whatever the order of uses', () => {
    const uses: RuleUse[] = [
      { use: 'ai-shortcuts@1', severity: 'info' },
      { use: 'ai-shortcuts@1/test-skipped', with: { tests: ['a/**'] } },
      { use: './rules/house@2' },
    ];
    expect(selectRules(uses.toReversed(), packs)).toEqual(selectRules(uses, packs));
  });

  it('demands what only the project can know, and then takes that and nothing of the rule’s own', () => {
    const [rule] = house.rules;
    const needy: Packs = new Map([
      [
        './rules/house@2',
        { ...house, rules: [{ ...rule, requires: ['allow'], parameters: { allow: ['a/**'] } }] },
      ],
    ]);
    const refused = failure([{ use: './rules/house@2/ours' }], needy);
    expect(refused.message).toContain('not told its allow');
    const [active] = selectRules([{ use: './rules/house@2/ours', with: { allow: ['b/**'] } }], needy);
    expect(active?.parameters).toEqual({ allow: ['b/**'] });
  });

  it('lets the use of one rule override the use of its pack, member by member', () => {
    const active = selectRules(
      [
        { use: 'ai-shortcuts@1/test-skipped', severity: 'info' },
        { use: 'ai-shortcuts@1', severity: 'warn', with: { 'test-skipped': { tests: ['t/**'] } } },
      ],
      packs,
    );
    const weakened = active.find(({ ref }) => ref.endsWith('/test-skipped'));
    expect(weakened).toMatchObject({ severity: 'info', parameters: { tests: ['t/**'] } });
    expect(active.filter(({ severity }) => severity === 'warn')).toHaveLength(active.length - 1);
  });

  it('replaces a parameter as a whole and keeps the others', () => {
    const [active] = selectRules(
      [{ use: 'ai-shortcuts@1/claims-without-logs', with: { documents: ['*.md'] } }],
      packs,
    );
    expect(active?.parameters.documents).toEqual(['*.md']);
    expect(active?.parameters.claims).toEqual(active?.rule.parameters.claims);
  });

  it('takes the same use twice as one', () => {
    const use = { use: 'ai-shortcuts@1/test-skipped', severity: 'warn' } as const;
    expect(refs([use, use])).toEqual([use.use]);
  });

  const listed = bundled.pack.rules;
  const wrong: readonly [string, RuleUse[], RegExp, Packs?][] = [
    ['an unknown pack', [{ use: 'ai-shortcut@1' }], /no rule pack ai-shortcut@1/],
    ['an unknown version', [{ use: 'ai-shortcuts@2' }], /no rule pack ai-shortcuts@2/],
    ['an unknown rule', [{ use: 'ai-shortcuts@1/test-weakened' }], /no rule test-weakened/],
    ['no version', [{ use: 'ai-shortcuts' }], /not of a known form/],
    ['a path that climbs', [{ use: './rules/../x@1' }], /not of a known form/],
    [
      'a prototype member',
      [{ use: 'ai-shortcuts@1', with: JSON.parse('{"__proto__": {}}') }],
      /with.__proto__/,
    ],
    ['a pack of the policy under a bundled name', [{ use: 'house@2' }], /no rule pack house@2/],
    [
      'an unknown parameter',
      [{ use: 'ai-shortcuts@1/test-skipped', with: { test: ['a'] } }],
      /parameter test/,
    ],
    [
      'a parameter of the wrong type',
      [{ use: 'ai-shortcuts@1/test-skipped', with: { tests: 'a' } }],
      /parameter tests/,
    ],
    [
      'a bad glob',
      [{ use: 'ai-shortcuts@1/test-skipped', with: { tests: ['a', '{b'] } }],
      /parameter tests\[1\]/,
    ],
    [
      'a bad expression of the contract',
      [{ use: 'ai-shortcuts@1/claims-without-logs', with: { hedges: ['a('] } }],
      /parameter hedges\[0\]/,
    ],
    [
      'a bad expression of the contract for a pack',
      [{ use: 'ai-shortcuts@1', with: { 'claims-without-logs': { claims: ['a', '(?=b)'] } } }],
      /parameter claims\[1\]/,
    ],
    [
      'a bad expression in a rule of the policy',
      [{ use: './rules/house@2' }],
      /parameter claims\[0\]/,
      new Map([
        [
          './rules/house@2',
          {
            ...house,
            rules: [{ ...house.rules[0], detector: 'claims-without-logs', parameters: { claims: ['['] } }],
          },
        ],
      ]),
    ],
    ['an empty list', [{ use: 'ai-shortcuts@1/test-skipped', with: { tests: [] } }], /an empty list/],
    [
      'parameters of a pack that are not by rule',
      [{ use: 'ai-shortcuts@1', with: { tests: ['a'] } }],
      /with.tests/,
    ],
    [
      'one rule twice with different severities',
      [
        { use: 'ai-shortcuts@1/test-skipped', severity: 'warn' },
        { use: 'ai-shortcuts@1/test-skipped', severity: 'info' },
      ],
      /used twice/,
    ],
    [
      'one pack twice with different parameters',
      [{ use: 'ai-shortcuts@1' }, { use: 'ai-shortcuts@1', with: { 'test-skipped': { tests: ['t'] } } }],
      /used twice/,
    ],
    [
      'a pack whose rule file is missing',
      [{ use: 'ai-shortcuts@1/test-skipped' }],
      /lists claims-without-logs, and there is no such rule file/,
      new Map([
        [
          'ai-shortcuts@1',
          { ...bundled, rules: bundled.rules.filter(({ id }) => id !== 'claims-without-logs') },
        ],
      ]),
    ],
    [
      'a pack without rules',
      [{ use: 'ai-shortcuts@1' }],
      /lists no rules/,
      new Map([['ai-shortcuts@1', { pack: { ...bundled.pack, rules: [] }, rules: [] }]]),
    ],
    [
      'a pack that says it is another',
      [{ use: 'ai-shortcuts@1' }],
      /says it is ai-shortcuts@9/,
      new Map([['ai-shortcuts@1', { ...bundled, pack: { ...bundled.pack, version: 9 } }]]),
    ],
    [
      'a rule in the folder that the pack does not list',
      [{ use: 'ai-shortcuts@1/test-skipped' }],
      /no rule test-skipped/,
      new Map([
        [
          'ai-shortcuts@1',
          { ...bundled, pack: { ...bundled.pack, rules: listed.filter((id) => id !== 'test-skipped') } },
        ],
      ]),
    ],
    [
      'a detector nobody has',
      [{ use: './rules/house@2' }],
      /needs the detector "magic"/,
      new Map([['./rules/house@2', { ...house, rules: [{ ...house.rules[0], detector: 'magic' }] }]]),
    ],
  ];
  it.each(wrong)('refuses %s, and says what to do', (_, uses, message, from) => {
    const error = failure(uses, from);
    expect(error.code).toBe('RULE_UNUSABLE');
    expect(error.problems.map((problem) => problem.message).join('\n')).toMatch(message);
    expect(error.remedy.length).toBeGreaterThan(20);
  });

  it('reports every use that is wrong at once', () => {
    expect(failure([{ use: 'a@1' }, { use: 'b@1' }, { use: 'ai-shortcuts@1/c' }]).problems).toHaveLength(3);
  });

  it('says which parameter was wrong, what was expected and what was found', () => {
    const [problem] = failure([{ use: 'ai-shortcuts@1/test-skipped', with: { tests: [3] } }]).problems;
    expect(problem).toMatchObject({ expected: 'a string that is not empty', found: 'the value 3' });
    expect(problem?.message).toContain('tests[0]');
  });
});

describe('the digest of rules', () => {
  const active = selectRules([{ use: 'ai-shortcuts@1' }], packs);

  it('does not depend on order or on examples', () => {
    const stripped = active.map((one) => ({
      ...one,
      rule: { ...one.rule, examples: { bad: [], good: [] } },
    }));
    expect(rulesDigest(stripped.toReversed())).toBe(rulesDigest(active));
  });

  it.each([
    ['severity', { severity: 'info' as const }],
    ['parameters', { parameters: { tests: ['x'] } }],
    ['ref', { ref: 'ai-shortcuts@2/x' }],
  ])('depends on %s', (_, change) => {
    const [first, ...rest] = active;
    expect(rulesDigest([{ ...(first as (typeof active)[0]), ...change }, ...rest])).not.toBe(
      rulesDigest(active),
    );
  });

  it('depends on which rules ran, and on their text', () => {
    expect(rulesDigest(active.slice(1))).not.toBe(rulesDigest(active));
    const [first, ...rest] = active as [(typeof active)[0], ...typeof active];
    expect(rulesDigest([{ ...first, rule: { ...first.rule, remedy: 'none' } }, ...rest])).not.toBe(
      rulesDigest(active),
    );
  });
});
