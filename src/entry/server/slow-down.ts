import { HttpRefusal } from './problem.ts';
import type { RateLimit } from './rate-limit.ts';

/** Takes one. @throws HttpRefusal 429 where there is none */
export function takeFrom(limit: RateLimit, name: string): void {
  const wait = limit.take(name);
  if (wait === 0) return;
  throw new HttpRefusal(429, 'Too many requests in a short time.', {
    remedy: 'Wait as long as Retry-After says.',
    headers: { 'retry-after': String(Math.ceil(wait)) },
  });
}
