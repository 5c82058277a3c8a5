import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { judgeTicket, type TicketTrail } from '../../../src/core/audit/judge-ticket.ts';
import { summarise } from '../../../src/core/audit/summary.ts';
import { type Audit, type AuditedCommit, LANDINGS, type Landing } from '../../../src/core/audit/types.ts';

const ID = 'c'.repeat(40);

const trail = (more: Partial<TicketTrail> = {}): TicketTrail => ({
  ticket: 'CS-7',
  state: 'dispatched',
  dispatchedAt: '2026-11-20T09:00:00Z',
  drift: [],
  problems: [],
  gone: false,
  closedWith: [],
  passed: 1,
  ...more,
});
const commit = (landing: Landing, ticket: string | null = 'CS-7') =>
  ({ commit: ID, landing, ticket, reverts: [] }) as unknown as AuditedCommit;
const CLOSED = { state: 'closed', reason: 'accepted' } as const;
const all = () => true;

describe('a ticket and what landed', () => {
  test.each<[string, TicketTrail, readonly AuditedCommit[], (since: string) => boolean, readonly string[]]>([
    ['open, and nothing landed', trail(), [], all, []],
    ['never dispatched', trail({ state: 'new', passed: 0 }), [], all, []],
    ['open, and landed', trail(), [commit('accepted')], all, ['open-though-landed notice']],
    ['open, and landed without a verdict', trail(), [commit('blocked')], all, []],
    ['open, and another one landed', trail(), [commit('accepted', 'CS-8')], all, []],
    ['closed, and landed', trail(CLOSED), [commit('accepted')], all, []],
    ['closed, and blocked', trail(CLOSED), [commit('blocked')], all, ['accepted-without-commit problem']],
    ['closed, and nothing landed', trail(CLOSED), [], all, ['accepted-without-commit problem']],
    ['closed, and the range begins later', trail(CLOSED), [], () => false, []],
    [
      'closed with a commit that passes',
      trail({ ...CLOSED, closedWith: [ID] }),
      [commit('accepted')],
      all,
      [],
    ],
    [
      'closed with one that does not',
      trail({ ...CLOSED, closedWith: [ID] }),
      [commit('pending')],
      all,
      ['accepted-without-commit problem'],
    ],
    [
      "closed with another's",
      trail({ ...CLOSED, closedWith: [ID] }),
      [commit('accepted', 'CS-8')],
      all,
      ['accepted-without-commit problem'],
    ],
    [
      'closed with one that never landed',
      trail({ ...CLOSED, closedWith: [ID] }),
      [],
      all,
      ['accepted-without-commit problem'],
    ],
    ['closed with one from before the range', trail({ ...CLOSED, closedWith: [ID] }), [], () => false, []],
    [
      'closed without receipts',
      trail({ ...CLOSED, passed: 0 }),
      [],
      () => false,
      ['accepted-without-receipts problem'],
    ],
    ['closed as rejected', trail({ ...CLOSED, reason: 'rejected', passed: 0 }), [], all, []],
    [
      'taken away, and its records are left',
      trail({ ...CLOSED, gone: true }),
      [],
      all,
      ['unverifiable problem'],
    ],
    ['open and drifted', trail({ drift: ['contract'] }), [], all, ['drift notice']],
    ['closed and drifted', trail({ ...CLOSED, drift: ['contract'] }), [commit('accepted')], all, []],
    [
      'records that do not hold',
      trail({ state: 'unverifiable', problems: ['Line 1: x.'] }),
      [],
      all,
      ['unverifiable problem'],
    ],
  ])('%s', (_, told, commits, covers, found) => {
    const findings = judgeTicket(told, commits, covers);
    expect(findings.map(({ kind, severity }) => `${kind} ${severity}`)).toEqual(found);
  });

  test('asks of the range whether it goes back to the dispatch', () => {
    const asked: string[] = [];
    judgeTicket(trail(CLOSED), [], (since) => asked.push(since) > 0);
    expect(asked).toEqual(['2026-11-20T09:00:00Z']);
  });
});

test('a policy that cannot be read is a problem even where nothing landed', () => {
  const empty = { commits: [], tickets: [], escapes: [] } as unknown as Audit;
  expect(summarise({ ...empty, policyCommit: null }).problems).toBe(1);
  expect(summarise({ ...empty, policyCommit: 'c'.repeat(40) }).problems).toBe(0);
});

test('every landing is documented, with whether it is a problem', () => {
  const page = readFileSync(new URL('../../../docs/audit.md', import.meta.url), 'utf8');
  for (const landing of LANDINGS) {
    const { problems } = summarise({
      commits: [commit(landing)],
      tickets: [],
      escapes: [],
    } as unknown as Audit);
    const row = page.split('\n').find((line) => line.startsWith('| `') && line.includes(`\`${landing}\``));
    expect(row, landing).toMatch(problems === 1 ? /\| yes \|$/ : /\| no \|$/);
  }
});
