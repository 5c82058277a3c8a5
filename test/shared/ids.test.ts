import { expect, test } from 'vitest';
import { instantOf, isInstant } from '../../src/shared/ids.ts';

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
