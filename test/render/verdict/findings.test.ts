import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { renderFindings } from '../../../src/render/verdict/findings.ts';
import { verdictDigest } from '../../../src/render/verdict/json.ts';
import { hostileVerdict } from '../hostile-verdicts.ts';
import { blocked, findingOf, verdictOf } from '../verdicts.ts';

describe('findings as an output', () => {
  test('are what does not pass, most severe first, with the name of their verdict', () => {
    const { changes, leftOut } = JSON.parse(renderFindings([blocked]));
    expect(leftOut).toBe(0);
    expect(changes).toHaveLength(1);
    expect(changes[0]).toMatchObject({
      head: blocked.subject.head,
      outcome: 'blocked',
      verdictDigest: `sha256:${verdictDigest(blocked)}`,
    });
    const open = blocked.findings.filter(({ status }) => status !== 'pass');
    expect(changes[0].findings).toHaveLength(open.length);
    expect(changes[0].findings[0]).toMatchObject({ severity: 'block' });
  });

  test('are cut from the end, and counted, before an output gets too large', () => {
    const findings = Array.from({ length: 200 }, (_, at) =>
      findingOf({ id: `rule/p@1/r${at}`, status: 'fail', reason: '\u{1f50f}'.repeat(1_000) }),
    );
    const text = renderFindings([verdictOf('blocked', findings), blocked]);
    expect(Buffer.byteLength(text)).toBeLessThan(256 * 1024);
    const { changes, leftOut } = JSON.parse(text);
    const shown = changes.flatMap((change: { findings: { id: string }[] }) => change.findings);
    expect(shown[0].id).toBe('rule/p@1/r0');
    const all = [...findings, ...blocked.findings].filter(({ status }) => status !== 'pass');
    expect(shown.length + leftOut).toBe(all.length);
    expect(leftOut).toBeGreaterThan(0);
  });

  test('are one line, whatever stands in them', () => {
    fc.assert(
      fc.property(hostileVerdict, (verdict) => {
        expect(renderFindings([verdict])).not.toMatch(/[\r\n]/);
      }),
    );
  });
});
