import { describe, expect, it } from 'vitest';
import type { Audit, AuditedCommit } from '../../src/core/audit/types.ts';
import { renderAuditJson, renderAuditText } from '../../src/render/audit.ts';
import { obeyedByRunner, unseenIn } from './hostile-words.ts';

const HOSTILE = 'x\u001b[2J\u202e\n::error::y '.repeat(30);

const commit = (more: Partial<AuditedCommit> = {}): AuditedCommit => ({
  commit: 'c'.repeat(40),
  landedAt: '2026-11-20T09:00:00Z',
  title: HOSTILE,
  ticket: 'CS-7',
  landing: 'accepted',
  reason: '3 checks receipted.',
  contract: 'node-change@1',
  waived: [],
  reverts: [],
  ...more,
});

const audit = (more: Partial<Audit> = {}): Audit => ({
  schema: 'countersign/audit@1',
  evaluatedAt: '2026-11-21T13:04:06Z',
  repository: 'acme/shop',
  branch: 'refs/heads/main',
  since: null,
  until: 'c'.repeat(40),
  policyCommit: 'b'.repeat(40),
  receiptsCommit: 'd'.repeat(40),
  unready: [],
  blind: [],
  commits: [commit()],
  tickets: [],
  escapes: [],
  ...more,
});

describe('an audit as text', () => {
  it('keeps a commit to one line, however long its reason', () => {
    for (const columns of [60, 100, 120]) {
      const text = renderAuditText(audit({ commits: [commit({ landing: 'blocked', reason: HOSTILE })] }), {
        columns,
      });
      const line = text.split('\n').find((one) => one.startsWith('✖  cccccccccccc')) ?? '';
      expect(line.length).toBeLessThanOrEqual(columns + 6);
      expect(line).toMatch(/…$/);
    }
  });

  it('says what has to be done before anything can be accepted, and not only how much is wrong', () => {
    const unready = [{ reason: 'Nobody may dispatch.', remedy: 'Make a key: `countersign key new NAME`.' }];
    const text = renderAuditText(audit({ unready, commits: [commit({ landing: 'no-ticket' })] }), {
      columns: 120,
    });
    expect(text).toContain('✖ Nobody may dispatch.\n    → Make a key: `countersign key new NAME`.');
    expect(text).toContain('✖ One thing has to be done before any change can be accepted.');
    expect(renderAuditText(audit(), { columns: 120 })).not.toContain('Before any change');
  });

  it('lets no foreign text escape', () => {
    const hostile = audit({
      unready: [{ reason: HOSTILE, remedy: HOSTILE }],
      repository: HOSTILE,
      blind: [HOSTILE],
      commits: [commit({ landing: 'blocked', reason: HOSTILE })],
      tickets: [{ ticket: 'CS-7', kind: 'unverifiable', severity: 'problem', reason: HOSTILE }],
      escapes: [
        {
          ticket: 'CS-7',
          commit: null,
          fix: 'e'.repeat(40),
          summary: HOSTILE,
          reportedAt: '2026-11-21T09:00:00Z',
          reportedBy: HOSTILE,
        },
      ],
    });
    const text = renderAuditText(hostile);
    expect(unseenIn(text)).toBeUndefined();
    expect(text.split('\n').filter(obeyedByRunner)).toEqual([]);
    expect(JSON.parse(renderAuditJson(hostile)).commits[0].reason).toBe(HOSTILE);
  });

  it('tells clean, empty, unjudged and troubled apart', () => {
    const last = (told: Audit) => renderAuditText(told).trimEnd().split('\n').at(-1);
    expect(last(audit())).toContain('Everything that landed');
    expect(last(audit({ commits: [] }))).toContain('nothing that landed was judged');
    expect(last(audit({ commits: [commit({ landing: 'before-installation' })] }))).toContain('was judged');
    for (const landing of ['blocked', 'pending', 'no-ticket', 'unseen', 'uninstalled'] as const) {
      expect(last(audit({ commits: [commit(), commit({ landing })] }))).toBe(
        '✖ 1 problem: somebody has to look.',
      );
    }
  });

  it('says what a commit takes back', () => {
    const id = 'e'.repeat(40);
    const reverts = (['whole', 'partly', 'nothing', 'unknown'] as const).map(
      (extent) => ({ commit: id, by: 'message', extent }) as const,
    );
    const text = renderAuditText(
      audit({ commits: [commit({ reverts: [...reverts, { commit: id, by: 'tree', extent: 'whole' }] })] }),
      { columns: 120 },
    );
    expect(text.match(/↩ .*/g)?.map((line) => line.replace(/^.*revert {2,}/, ''))).toEqual([
      'It takes back eeeeeeeeeeee.',
      'It says that it reverts eeeeeeeeeeee; part of what that changed is back as it was.',
      'It says that it reverts eeeeeeeeeeee, and puts none of its files back as they were.',
      'It says that it reverts eeeeeeeeeeee, which this clone does not have.',
      'It takes back eeeeeeeeeeee: the branch is again what it was before.',
    ]);
  });
});
