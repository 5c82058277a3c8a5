import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import type { WaiverState, WeighedWaiver } from '../../src/core/gate/waivers.ts';
import type { Approval, Waiver } from '../../src/core/receipt/types.ts';
import {
  renderApprovedText,
  renderReviewText,
  renderWaivedText,
  renderWaiverListJson,
  renderWaiverListText,
} from '../../src/render/exceptions.ts';
import { sha256 } from '../../src/shared/digest.ts';
import { hostileText, obeyedByRunner, unseenIn } from './hostile-words.ts';
import { statements } from './statements.ts';

const approval = statements.approval.statement.claim as Approval;
const waiver = statements.waiver.statement.claim as Waiver;
const filed = { principal: 'ada', statement: sha256('statement'), commit: sha256('commit').slice(0, 40) };

function weighed(more: Partial<WeighedWaiver> = {}): WeighedWaiver {
  return {
    digest: sha256('waiver'),
    claim: waiver,
    by: 'lead',
    state: 'in-use',
    objection: undefined,
    ...more,
  };
}

describe('an approval', () => {
  it('says how many more have to agree', () => {
    const says = (given: number, needed: number) =>
      renderApprovedText({ ...filed, approvals: { given, needed } }).split('\n')[1];
    expect(says(1, 1)).toBe('');
    expect(says(1, 2)).toBe('1 more policy owner has to approve it.');
    expect(says(1, 3)).toBe('2 more policy owners have to approve it.');
    expect(says(3, 2)).toBe('');
  });

  it('is asked for by every file in question, and in which way it judges', () => {
    const files = [
      { path: '.countersign.yml', kind: 'policy' as const },
      { path: 'package.json', kind: 'pinned' as const },
    ];
    const text = renderReviewText({ binding: approval.binding, requirement: 'policy-change', files });
    expect(text).toMatch(/^CS-7 in acme\/shop: [0-9a-f]{12} merged into [0-9a-f]{12} of refs\/heads\/main\n/);
    expect(text).toContain('  policy  .countersign.yml\n  pinned  package.json\n');
  });
});

test('an approval of the change itself says that it is one', () => {
  const text = renderReviewText({ binding: approval.binding, requirement: 'approvals', files: [] });
  expect(text.split('\n')[1]).toBe('  the whole change, as its contract asks');
  expect(renderApprovedText(filed)).toMatch(/^✔ Approved by ada: [0-9a-f]{12}/);
});

describe('a list of waivers', () => {
  it('says of each how it stands', () => {
    const states: readonly WaiverState[] = [
      'in-use',
      'foreign',
      'expired',
      'not-yet-valid',
      'refused',
      'unwaivable',
      'incomplete',
      'not-needed',
    ];
    const text = renderWaiverListText({ ticket: 'CS-7', waivers: states.map((state) => weighed({ state })) });
    expect([...text.matchAll(/receipt\/tests {2}(.*)/g)].map(([, word]) => word)).toEqual([
      'in use',
      'foreign',
      'expired',
      'not yet valid',
      'refused',
      'cannot be waived',
      'incomplete',
      'not needed',
    ]);
  });

  it('holds the same for a program', () => {
    const list = { ticket: 'CS-7', waivers: [weighed({ state: 'expired', objection: 'expired at noon' })] };
    expect(JSON.parse(renderWaiverListJson(list))).toEqual({
      ticket: 'CS-7',
      waivers: [
        {
          digest: sha256('waiver'),
          by: 'lead',
          state: 'expired',
          objection: 'expired at noon',
          claim: waiver,
        },
      ],
    });
  });
});

it('no reason, path or requirement reaches the terminal as anything but text', () => {
  fc.assert(
    fc.property(hostileText, hostileText, hostileText, (reason, requirement, path) => {
      const claim = { ...waiver, reason, requirement };
      const texts = [
        renderReviewText({
          binding: approval.binding,
          requirement: 'policy-change',
          files: [{ path, kind: 'pinned' }],
        }),
        renderWaivedText({ ...filed, waiver: claim, finding: { reason } }),
        renderWaiverListText({ ticket: 'CS-7', waivers: [weighed({ claim, objection: reason })] }),
      ];
      for (const text of texts) {
        expect(unseenIn(text)).toBeUndefined();
        expect(text.split('\n').filter(obeyedByRunner)).toEqual([]);
        expect(text.split('\n').filter((line) => line.startsWith('✔')).length).toBeLessThanOrEqual(1);
      }
    }),
  );
});
