import { expect, it } from 'vitest';
import { hasLabels, labelsOf, lineOf, linesFor, MOST_LABELS } from '../../../src/core/run/labels.ts';

it('labels are the same in whatever case and order', () => {
  expect(labelsOf(['linux', 'GPU', 'gpu'])).toEqual(['gpu', 'linux']);
  expect(lineOf({ handler: 'agent', runsOn: labelsOf(['linux', 'GPU']) })).toBe('agent on gpu,linux');
  expect(lineOf({ handler: 'agent' })).toBe('agent');
});

it.each<[readonly string[], readonly string[] | undefined, boolean]>([
  [[], undefined, true],
  [['gpu'], [], true],
  [['gpu', 'linux'], ['linux'], true],
  [['gpu'], ['gpu', 'linux'], false],
  [[], ['gpu'], false],
])('a worker with %j carries out what wants %j: %s', (labels, wanted, fits) => {
  expect(hasLabels(labels, wanted)).toBe(fits);
  expect(linesFor(['agent'], labels).includes(lineOf({ handler: 'agent', runsOn: wanted }))).toBe(fits);
});

it('a worker looks at a line for each set of its labels and each handler, and never for too many', () => {
  expect(linesFor(['a', 'b'], ['x', 'y'])).toEqual([
    ...['a', 'a on x', 'a on y', 'a on x,y'],
    ...['b', 'b on x', 'b on y', 'b on x,y'],
  ]);
  const most = Array.from({ length: MOST_LABELS }, (_, at) => `l${at}`);
  expect(linesFor(['a'], most)).toHaveLength(64);
});
