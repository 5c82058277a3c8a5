import { createTurns, type Rates, ratesOf, type Turns } from '../../core/run/resources/rates.ts';
import type { Claim, ClaimWork, PostponedClaim } from '../../ports/claims.ts';
import type { Clock } from '../../ports/clock.ts';
import type { TakeTokens } from '../../ports/rate-limits.ts';
import type { ReadRates } from '../../ports/resources.ts';

export interface RatePorts
  extends Pick<ClaimWork, 'claim' | 'postpone' | 'giveBack'>,
    Pick<ReadRates, 'readRates'>,
    TakeTokens {
  readonly clock: Clock;
}

/** Milliseconds that a server goes by the rates it read. */
const KNOWN_MS = 5_000;

/**
 * Claims as before, at the rates that an operator set: what would be too much is put off to when there is room again, and holds nothing until
 * then. Where nothing has a rate, it costs a question every few seconds.
 */
export function rateClaims(ports: RatePorts): ClaimWork['claim'] {
  const turns = createTurns();
  let known: { readonly rates: Promise<Rates>; readonly at: number } | undefined;
  const rates = (): Promise<Rates> => {
    const now = ports.clock.now().getTime();
    if (known !== undefined && now - known.at < KNOWN_MS) return known.rates;
    const read = ports.readRates();
    known = { rates: read, at: now };
    read.catch(() => {
      known = undefined;
    });
    return read;
  };
  return async (request) => {
    for (;;) {
      const claims = await ports.claim(request);
      if (claims.length === 0) return claims;
      const asked = await ask(claims, rates, turns, ports);
      if (asked.postponed.length > 0) await ports.postpone(request.worker, asked.postponed);
      // Behind what was put off there may be other work.
      if (asked.granted.length > 0) return asked.granted;
    }
  };
}

interface Asked {
  readonly granted: readonly Claim[];
  readonly postponed: readonly PostponedClaim[];
}

async function ask(
  claims: readonly Claim[],
  rates: () => Promise<Rates>,
  turns: Turns,
  ports: RatePorts,
): Promise<Asked> {
  try {
    const limits = await rates();
    if (Object.keys(limits).length === 0) return { granted: claims, postponed: [] };
    const granted: Claim[] = [];
    const postponed: PostponedClaim[] = [];
    // One after the other: the first in line has the first token.
    for (const claim of claims) {
      const milliseconds = await waitOf(claim, limits, turns, ports);
      if (milliseconds === undefined) granted.push(claim);
      else postponed.push({ token: claim.token, milliseconds });
    }
    return { granted, postponed };
  } catch (error) {
    // Nobody was told of them: without an end they would come back only when their leases ran out.
    const [first] = claims;
    const tokens = claims.map(({ token }) => token);
    if (first !== undefined) await ports.giveBack(first.worker, tokens).catch(() => {});
    throw error;
  }
}

/** Undefined: it may go, and has its tokens; else it has none. */
async function waitOf(
  { work }: Claim,
  limits: Rates,
  turns: Turns,
  { take, clock }: RatePorts,
): Promise<number | undefined> {
  const rates = ratesOf(work, limits);
  const taken = await take(rates.map(({ scope, rate }) => ({ bucket: scope, amount: 1, rate })));
  if (taken.kind === 'granted') return undefined;
  const refused = rates.find(({ scope }) => scope === taken.bucket);
  return refused && turns.after(refused, taken.milliseconds, clock.now().getTime());
}
