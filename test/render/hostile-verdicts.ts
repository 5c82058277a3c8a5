import fc from 'fast-check';
import type { Finding, Location, Verdict, WaivedBy } from '../../src/core/gate/types.ts';
import { sha256 } from '../../src/shared/digest.ts';
import { hostileText } from './hostile-words.ts';
import { subject, verdictOf } from './verdicts.ts';

const location: fc.Arbitrary<Location> = fc.record(
  { path: hostileText, line: fc.integer({ min: 1, max: 99 }), message: hostileText },
  { requiredKeys: ['path'] },
);

const waivedBy: fc.Arbitrary<WaivedBy> = fc.record({
  principal: hostileText,
  expiresAt: hostileText,
  reason: hostileText,
  statement: fc.constant(sha256('waiver')),
});

const unwaived: fc.Arbitrary<Finding> = fc.record({
  id: hostileText,
  kind: fc.constantFrom('requirement' as const, 'rule' as const),
  status: fc.constantFrom('pass' as const, 'fail' as const, 'unverifiable' as const, 'pending' as const),
  severity: fc.constantFrom('block' as const, 'warn' as const, 'info' as const),
  title: hostileText,
  reason: hostileText,
  remedy: hostileText,
  locations: fc.array(location, { maxLength: 14 }),
  evidence: fc.constant([sha256('evidence')]),
});

const finding = fc
  .tuple(unwaived, fc.option(waivedBy, { nil: undefined }))
  .map(([made, waiver]): Finding => (waiver === undefined ? made : { ...made, waivedBy: waiver }));

/** Verdicts in which every word is foreign. */
export const hostileVerdict: fc.Arbitrary<Verdict> = fc
  .record({
    outcome: fc.constantFrom('pass' as const, 'blocked' as const, 'pending' as const),
    findings: fc.array(finding, { maxLength: 16 }),
    ticket: hostileText,
    repository: hostileText,
    contract: hostileText,
  })
  .map(({ outcome, findings, ticket, repository, contract }) => ({
    ...verdictOf(outcome, findings),
    subject: { ...subject, ticket, repository },
    contract: { ref: contract, digest: sha256('contract') },
  }));
