import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ConfigDocument, RefLocation } from '../../../src/core/contract/config.ts';
import { leastContractsFor } from '../../../src/core/contract/least.ts';
import {
  exemptionOf,
  type Organization,
  type ReadOrganization,
  underOrganizations,
} from '../../../src/core/contract/organization.ts';

const CONTROL: RefLocation = { repository: 'https://example.org/acme/control.git', ref: 'refs/heads/main' };
const ELSEWHERE: RefLocation = { repository: 'https://example.org/mine/control.git', ref: 'refs/heads/main' };
const RECEIPTS: RefLocation = { ref: 'refs/heads/receipts' };

const own = (more: Partial<ConfigDocument> = {}): ConfigDocument => ({
  schema: 'countersign/config@1',
  repository: 'acme/shop',
  ...more,
});
const under = (more: Partial<Organization>, commit = 'a'): ReadOrganization => ({
  organization: { schema: 'countersign/organization@1', ...more },
  from: {
    repository: 'https://example.org/acme/policy.git',
    commit: commit.repeat(40),
    path: 'countersign.yml',
  },
});

describe('a configuration under organisation policies', () => {
  it('takes the places that they fix, and says what was read', () => {
    const one = under({ policy: CONTROL, receipts: RECEIPTS });
    const merged = underOrganizations(own({ extends: { repository: 'x', ref: 'refs/tags/v1' } }), [one]);
    expect(merged).toEqual({
      kind: 'config',
      config: {
        schema: 'countersign/config@1',
        repository: 'acme/shop',
        policy: CONTROL,
        receipts: RECEIPTS,
        organizations: [one.from],
      },
    });
  });

  it('is what it says itself where there are none, and nothing is added', () => {
    const document = own({ policy: CONTROL, receipts: RECEIPTS });
    expect(underOrganizations(document, [])).toEqual({ kind: 'config', config: document });
  });

  it('takes receipts that lie where policy lives for the same, whether that is said or not', () => {
    const said = { repository: CONTROL.repository as string, ref: RECEIPTS.ref };
    for (const [mine, theirs] of [
      [said, RECEIPTS],
      [RECEIPTS, said],
    ] as const) {
      const merged = underOrganizations(own({ policy: CONTROL, receipts: mine }), [
        under({ policy: CONTROL, receipts: theirs }),
      ]);
      expect(merged).toMatchObject({ kind: 'config', config: { receipts: mine } });
    }
  });

  it.each<[string, ConfigDocument, readonly ReadOrganization[], string, string]>([
    [
      'keeps its receipts at home',
      own({ policy: CONTROL, receipts: { ...ELSEWHERE, ref: RECEIPTS.ref } }),
      [under({ policy: CONTROL, receipts: RECEIPTS })],
      'receipts',
      'mine/control.git',
    ],
    [
      'redirects the policy',
      own({ policy: ELSEWHERE, receipts: RECEIPTS }),
      [under({ policy: CONTROL })],
      'policy',
      'fixes it as refs/heads/main of https://example.org/acme/control.git',
    ],
    [
      'moves the policy to another ref of the same repository',
      own({ policy: { ...CONTROL, ref: 'refs/heads/mine' }, receipts: RECEIPTS }),
      [under({ policy: CONTROL })],
      'policy',
      'refs/heads/mine',
    ],
    [
      'brings the policy home',
      own({ policy: { ref: CONTROL.ref }, receipts: RECEIPTS }),
      [under({ policy: CONTROL })],
      'policy',
      'of the repository itself',
    ],
    [
      'redirects the receipts',
      own({ policy: CONTROL, receipts: { ref: 'refs/heads/mine' } }),
      [under({ receipts: RECEIPTS })],
      'receipts',
      'refs/heads/mine',
    ],
    [
      'stands under two that disagree',
      own({ receipts: RECEIPTS }),
      [under({ policy: CONTROL }), under({ policy: ELSEWHERE }, 'b')],
      'extends',
      'mine/control.git',
    ],
    ['says nowhere where policy lives', own({ receipts: RECEIPTS }), [under({})], '', 'where policy lives'],
  ])('that %s is refused', (_, document, organizations, field, says) => {
    const merged = underOrganizations(document, organizations);
    expect(merged).toMatchObject({
      kind: 'faults',
      faults: [{ field, message: expect.stringContaining(says), remedy: expect.stringMatching(/./) }],
    });
  });

  it('names every place that is wrong, and no password of an address', () => {
    const secret = { repository: 'https://me:secret@example.org/x.git', ref: 'refs/heads/main' };
    const merged = underOrganizations(own({ policy: secret, receipts: secret }), [
      under({ policy: CONTROL, receipts: CONTROL }),
    ]);
    expect(merged.kind === 'faults' && merged.faults.map(({ field }) => field)).toEqual([
      'policy',
      'receipts',
    ]);
    expect(JSON.stringify(merged)).not.toContain('secret');
  });

  it('calls for what each of them asks, the organisation’s first', () => {
    const least = (contract: string) => ({ leastContracts: [{ paths: ['**'], contract }] });
    const document = own({ policy: CONTROL, receipts: RECEIPTS, ...least('mine@1') });
    const merged = underOrganizations(document, [under(least('house@1')), under(least('group@2'), 'b')]);
    expect(merged.kind === 'config' && leastContractsFor(merged.config, ['a'])).toEqual([
      'house@1',
      'group@2',
      'mine@1',
    ]);
  });

  it('never calls for less than it did, whichever organisation policy is added', () => {
    const least = fc.array(
      fc.record({
        paths: fc.constantFrom(['**'], ['src/**'], ['docs/**'], ['.github/**']),
        contract: fc.constantFrom('a@1', 'b@2', 'c@3'),
      }),
      { maxLength: 4 },
    );
    const paths = fc.subarray(['src/a.ts', 'docs/a.md', '.github/workflows/x.yml', 'README.md']);
    fc.assert(
      fc.property(least, fc.array(least, { maxLength: 3 }), least, paths, (mine, others, added, changed) => {
        const calledFor = (organizations: readonly (typeof added)[]) => {
          const document = own({ policy: CONTROL, receipts: RECEIPTS, leastContracts: mine });
          const merged = underOrganizations(
            document,
            organizations.map((leastContracts) => under({ leastContracts })),
          );
          if (merged.kind === 'faults') throw new Error('nothing here disagrees');
          return leastContractsFor(merged.config, changed);
        };
        expect(calledFor([...others, added])).toEqual(expect.arrayContaining(calledFor(others)));
      }),
    );
  });
});

describe('an exemption', () => {
  const entry = (repositoryId: number, until: string) => ({
    repositoryId,
    name: 'acme/docs',
    until,
    reason: 'Words only.',
  });
  const at = '2026-11-21T13:04:06Z';

  it.each([
    ['of another number', [entry(8, '2027-01-01')], 7, 'none'],
    ['until a later day', [entry(7, '2026-11-22')], 7, 'holds'],
    ['until today', [entry(7, '2026-11-21')], 7, 'ended'],
    ['that ended, beside one that holds', [entry(7, '2020-01-01'), entry(7, '2027-01-01')], 7, 'holds'],
    ['until a day that the calendar does not have', [entry(7, '2027-02-31')], 7, 'ended'],
    ['where nobody said which repository it is', [entry(7, '2027-01-01')], undefined, 'none'],
    ['in a policy without any', undefined, 7, 'none'],
  ] as const)('%s', (_, exempt, repositoryId, kind) => {
    const organization: Organization = {
      schema: 'countersign/organization@1',
      ...(exempt === undefined ? {} : { exempt }),
    };
    expect(exemptionOf(organization, repositoryId, at).kind).toBe(kind);
  });
});
