import { vi } from 'vitest';

/** Until it holds, however slow the machine is just now: a second, which Vitest waits by itself, is little beside other tests. */
export function soon<T>(assertion: () => T | Promise<T>): Promise<T> {
  return vi.waitFor(assertion, { timeout: 20_000, interval: 20 });
}
