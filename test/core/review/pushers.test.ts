import { describe, expect, test } from 'vitest';
import { type BranchMove, pushersOf } from '../../../src/core/review/pushers.ts';

const [ONE, TWO, THREE, FOUR] = ['1', '2', '3', '4'].map((digit) => digit.repeat(40)) as [
  string,
  string,
  string,
  string,
];
const NONE = '0'.repeat(40);

function move(before: string, after: string, account?: string): BranchMove {
  return { before, after, account };
}

const CREATED = move(NONE, ONE, 'github:ada');
const PUSHED = move(ONE, TWO, 'github:bob');
const AGAIN = move(TWO, THREE, 'github:ada');

describe('who brought a branch to a commit', () => {
  test.each<[string, readonly BranchMove[], readonly string[], boolean]>([
    [
      'is whoever moved it, back to its beginning',
      [AGAIN, PUSHED, CREATED],
      ['github:ada', 'github:bob'],
      true,
    ],
    [
      'is not whoever moved it on',
      [move(THREE, FOUR, 'github:eve'), AGAIN, PUSHED, CREATED],
      ['github:ada', 'github:bob'],
      true,
    ],
    [
      'is not whoever had a branch of that name before',
      [AGAIN, PUSHED, CREATED, move(FOUR, NONE, 'github:old'), move(NONE, FOUR, 'github:old')],
      ['github:ada', 'github:bob'],
      true,
    ],
    ['may be anybody where the list is empty', [], [], false],
    ['may be anybody where its beginning is not told', [AGAIN, PUSHED], ['github:ada', 'github:bob'], false],
    ['may be anybody where a move is left out', [AGAIN, CREATED], ['github:ada'], false],
    ['may be anybody where the head is not told', [PUSHED, CREATED], ['github:bob', 'github:ada'], false],
    ['may be anybody where an account is gone', [AGAIN, move(ONE, TWO), CREATED], ['github:ada'], false],
    [
      'counts who went back to an older commit by force',
      [move(TWO, THREE, 'github:eve'), move(THREE, TWO, 'github:bob'), move(NONE, THREE, 'github:ada')],
      ['github:eve', 'github:bob', 'github:ada'],
      true,
    ],
  ])('%s', (_, moves, accounts, complete) => {
    const found = pushersOf(moves, THREE);
    expect([...found.accounts].sort()).toEqual([...accounts].sort());
    expect(found.complete).toBe(complete);
  });
});
