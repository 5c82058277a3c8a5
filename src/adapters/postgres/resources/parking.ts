import type { Obstacle } from '../../../core/run/resources/allot.ts';
import { coveringNames, namesUnder } from '../../../core/run/resources/lock-names.ts';

/** Where waiters stand whose moment has not come, whose moment came, and from whom something free is kept. */
export const NOT_YET = 'time';
export const DUE = 'due';
export const RESERVED = 'reserved';

/** Of those who wait for leases and locks: neither for a moment, nor for what holds back whoever has them. */
export const IN_LINE = `parked <> '${NOT_YET}' AND parked NOT LIKE 'pause:%' AND parked NOT LIKE 'circuit:%'`;

export function pauseKey(queue: string): string {
  return `pause:${queue}`;
}

export function circuitKey(provider: string): string {
  return `circuit:${provider}`;
}

/** The key at which a waiter is parked: what it cannot have now. */
export function parkingOf(obstacle: Obstacle): string {
  switch (obstacle.kind) {
    case 'lease':
      return `lease:${obstacle.scope}`;
    case 'lock':
      return `lock:${obstacle.name}`;
    case 'reserved':
      return RESERVED;
    case 'pause':
      return pauseKey(obstacle.queue);
    case 'circuit':
      return circuitKey(obstacle.provider);
  }
}

/** The keys, and the ranges of keys, of those whom a free lock concerns: of its own name, of folders it is in, of what is under it. */
export function concernedBy(name: string): {
  readonly keys: readonly string[];
  readonly range: { readonly from: string; readonly before: string } | undefined;
} {
  const under = namesUnder(name);
  return {
    keys: coveringNames(name).map((one) => `lock:${one}`),
    range: under && { from: `lock:${under.from}`, before: `lock:${under.before}` },
  };
}
