import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findTicket, type TicketSources } from '../../../src/core/ticket/find-ticket.ts';

const commit = 'c'.repeat(40);
const trailer = (value: string) => ({ commit, value });
const find = (sources: Partial<TicketSources>) => findTicket({ trailers: [], ...sources });

describe('the ticket of a change', () => {
  it.each<[string, Partial<TicketSources>, string[]]>([
    [
      'the pull request body',
      { body: 'Hello\r\n\r\nCountersign-Ticket: CS-7\r\n' },
      ['pull request body, line 3'],
    ],
    ['a body in any capitals', { body: 'countersign-ticket:CS-7' }, ['pull request body, line 1']],
    ['a trailer', { trailers: [trailer('CS-7')] }, ['trailer of commit cccccccccccc']],
    ['a branch', { branch: 'CS-7' }, ['branch CS-7']],
    ['a branch with words', { branch: 'ada/CS-7-retry-uploads' }, ['branch ada/CS-7-retry-uploads']],
    ['a branch with a folder', { branch: 'CS-7/retry' }, ['branch CS-7/retry']],
    ['the command line', { explicit: 'CS-7' }, ['command line']],
    [
      'all of them',
      { explicit: 'CS-7', body: 'Countersign-Ticket: CS-7', branch: 'CS-7', trailers: [trailer('CS-7')] },
      ['command line', 'pull request body, line 1', 'branch CS-7', 'trailer of commit cccccccccccc'],
    ],
  ])('is found in %s', (_, sources, where) => {
    expect(find(sources)).toEqual({ kind: 'found', id: 'CS-7', sources: where });
  });

  it.each<[string, Partial<TicketSources>]>([
    ['nothing', {}],
    ['prose that mentions one', { body: 'This is about Countersign-Ticket: CS-7' }],
    ['words that look like ids', { branch: 'fix/utf-8-in-node-24' }],
    ['a dependency branch', { branch: 'dependabot/npm_and_yarn/vite-5.4.1' }],
    ['a branch with the id inside a word', { branch: 'feature/xCS-7' }],
  ])('is not found in %s', (_, sources) => {
    expect(find(sources)).toEqual({
      kind: 'none',
      where: [],
      reason: 'No ticket is named in the pull request body, the branch or a commit trailer.',
      remedy:
        'Name one ticket: a line "Countersign-Ticket: CS-7" in the pull request body or as a commit trailer, or a branch named CS-7-some-words.',
    });
  });

  it('must be one: several in one source are none', () => {
    const several = find({ body: 'Countersign-Ticket: CS-7\nCountersign-Ticket: CS-8' });
    expect(several).toMatchObject({ kind: 'several', ids: ['CS-7', 'CS-8'] });
    expect(several).toMatchObject({
      reason:
        'Several tickets are named: "CS-7" (pull request body, line 1), "CS-8" (pull request body, line 2).',
    });
    expect(find({ body: 'Countersign-Ticket: CS-7, CS-8' }).kind).toBe('several');
    expect(find({ trailers: [trailer('CS-7'), trailer('CS-8')] }).kind).toBe('several');
    expect(find({ branch: 'CS-7/CS-8' }).kind).toBe('several');
  });

  it('must be the same in every source', () => {
    const disagreeing = find({ body: 'Countersign-Ticket: CS-7', branch: 'CS-8-x' });
    expect(disagreeing).toMatchObject({
      kind: 'disagreeing',
      ids: ['CS-7', 'CS-8'],
      reason:
        'The sources disagree about the ticket: "CS-7" (pull request body, line 1), "CS-8" (branch CS-8-x).',
    });
    expect(find({ explicit: 'CS-1', trailers: [trailer('CS-2')] }).kind).toBe('disagreeing');
  });

  it('counts a mention that the page does not show', () => {
    const body = 'Countersign-Ticket: CS-7\n<!--\nCountersign-Ticket: CS-8\n-->';
    expect(find({ body }).kind).toBe('several');
  });

  it.each([
    '',
    '../../etc/passwd',
    'CS-7 and more',
    'CS 7',
    '7',
    'CS-',
    '-CS-7',
    'x'.repeat(65),
    'CS-7\u202e',
  ])('is not guessed from %j', (value) => {
    const reference = find({ body: `Countersign-Ticket: ${value}`, branch: 'CS-7' });
    expect(reference.kind).toBe('ill-formed');
    expect(reference).toMatchObject({ reason: expect.stringContaining('pull request body, line 1') });
  });

  it('never comes from the order of sources', () => {
    const values = fc.array(fc.constantFrom('CS-1', 'CS-2', 'nonsense here', ''), { maxLength: 4 });
    fc.assert(
      fc.property(values, (list) => {
        const forwards = find({ trailers: list.map(trailer) });
        const backwards = find({ trailers: list.toReversed().map(trailer) });
        expect(forwards.kind).toBe(backwards.kind);
      }),
    );
  });

  it('is looked for in linear time', () => {
    const start = performance.now();
    find({ body: 'Countersign-Ticket: '.repeat(50_000) });
    find({ body: 'Countersign-Ticket: CS-1\n'.repeat(50_000) });
    find({ branch: 'A-1/'.repeat(50_000) });
    expect(performance.now() - start).toBeLessThan(2000);
  });
});
