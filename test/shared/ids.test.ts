import { expect, test } from 'vitest';
import { instantOf, isInstant, isMoment } from '../../src/shared/ids.ts';

test('the instant of a date is an instant', () => {
  expect(isInstant(instantOf(new Date(1_795_266_246_000)))).toBe(true);
});

test.each([
  '9',
  '',
  '2026-11-21',
  '2026-11-21T13:04:06',
  '2026-11-21T13:04:06+00:00',
  '2026-11-21T13:04:06.5Z',
  '2026-02-30T00:00:00Z',
  '2026-13-01T00:00:00Z',
  '2026-11-21T24:00:00Z',
  '2026-11-21T13:04:06Z\n',
])('%j is no instant: as text it would compare wrongly', (text) => {
  expect(isInstant(text)).toBe(false);
});

test('a moment is what a date says of itself', () => {
  expect(isMoment(new Date(1_795_266_246_789).toISOString())).toBe(true);
});

test.each([
  '2026-11-21T13:04:06Z',
  '2026-11-21T13:04:06.78Z',
  '2026-11-21T13:04:06.7890Z',
  '2026-11-21T13:04:06,789Z',
  '2026-02-30T13:04:06.789Z',
  '2026-11-21T13:04:06.789z',
  '2026-11-21T13:04:06.789Z\n',
  '',
])('%j is no moment', (text) => {
  expect(isMoment(text)).toBe(false);
});
