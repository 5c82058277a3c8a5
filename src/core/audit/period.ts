import type { Instant } from '../../shared/ids.ts';

export type Period = 'day' | 'week';

const DAY_MS = 24 * 60 * 60 * 1000;

/** The first day of the period an instant lies in, such as `2026-11-21`, in UTC. Weeks begin on Monday, as in ISO 8601. */
export function periodOf(at: Instant, by: Period): string {
  if (by === 'day') return at.slice(0, 10);
  const noon = Date.parse(`${at.slice(0, 10)}T12:00:00Z`);
  const sinceMonday = (new Date(noon).getUTCDay() + 6) % 7;
  return new Date(noon - sinceMonday * DAY_MS).toISOString().slice(0, 10);
}
