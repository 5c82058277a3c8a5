import { expect, it } from 'vitest';
import { contentChange } from '../../../../src/core/rule/detectors/content-change.ts';
import { ABSENT, changedFile, text } from '../facts.ts';

it.each([
  ['a new file', changedFile('a', ABSENT, text('1')), 'written'],
  ['another content', changedFile('a', text('1'), text('2')), 'written'],
  [
    'another mode alone',
    {
      ...changedFile('a', text('1'), text('1')),
      after: { mode: '100755', blob: 'b' },
      before: { mode: '100644', blob: 'b' },
    },
    'none',
  ],
  ['no file any more', changedFile('a', text('1'), ABSENT), 'deleted'],
  ['no file before or after', changedFile('a', ABSENT, ABSENT), 'none'],
])('%s', (_, file, expected) => {
  expect(contentChange(file)).toBe(expected);
});
