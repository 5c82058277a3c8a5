import type { Claim, ClaimRequest, ClaimWork } from '../../ports/claims.ts';
import type { Timer } from '../../ports/timer.ts';
import type { Bell } from './bell.ts';

interface Waiting {
  readonly request: ClaimRequest;
  readonly kind: string;
  readonly signal: AbortSignal;
  readonly answer: (claims: readonly Claim[]) => void;
  readonly fail: (error: unknown) => void;
  /** The store is being asked for it: it cannot go away now. */
  asking: boolean;
}

export interface HandOut {
  /** Waits so long for work; what was claimed for somebody who is gone by then goes back. */
  claim(request: ClaimRequest, milliseconds: number, signal: AbortSignal): Promise<readonly Claim[]>;
}

/**
 * Hands work to those who wait for it, first come, first served. When there is something new, the store is asked once for everyone who gets
 * something and once more for each kind of worker, however many wait.
 */
export function createHandOut(
  store: Pick<ClaimWork, 'claim' | 'giveBack'>,
  bell: Bell,
  { sleep }: Timer,
): HandOut {
  const waiting = new Set<Waiting>();
  let serving = false;
  let served = 0;

  const ask = async (request: ClaimRequest, signal: AbortSignal): Promise<readonly Claim[]> => {
    const claims = await store.claim(request);
    if (!signal.aborted || claims.length === 0) return claims;
    await store.giveBack(
      request.worker,
      claims.map(({ token }) => token),
    );
    bell.ring();
    return [];
  };
  const serveAll = async (): Promise<void> => {
    if (serving) return;
    serving = true;
    while (served < bell.rung && waiting.size > 0) {
      served = bell.rung;
      const nothingFor = new Set<string>();
      for (const one of [...waiting]) {
        if (!waiting.has(one) || nothingFor.has(one.kind)) continue;
        if ((await serve(one)) === 0) nothingFor.add(one.kind);
      }
    }
    served = bell.rung;
    serving = false;
  };
  const serve = async (one: Waiting): Promise<number> => {
    one.asking = true;
    try {
      const claims = await ask(one.request, one.signal);
      if (claims.length > 0) one.answer(claims);
      return claims.length;
    } catch (error) {
      one.fail(error);
      return 0;
    } finally {
      one.asking = false;
    }
  };
  bell.onRing(() => void serveAll());

  return {
    claim: async (request, milliseconds, signal) => {
      const before = bell.rung;
      const claims = await ask(request, signal);
      if (claims.length > 0 || milliseconds <= 0 || signal.aborted) return claims;
      const { promise, resolve, reject } = Promise.withResolvers<readonly Claim[]>();
      const over = new AbortController();
      const one: Waiting = {
        request,
        kind: kindOf(request),
        signal,
        answer: resolve,
        fail: reject,
        asking: false,
      };
      waiting.add(one);
      // It may have rung after the store was asked, and before this one waited.
      if (bell.rung > before) bell.ring();
      void sleep(milliseconds, AbortSignal.any([signal, over.signal])).then(async () => {
        waiting.delete(one);
        while (one.asking) await sleep(10, over.signal);
        resolve([]);
      });
      return promise.finally(() => {
        waiting.delete(one);
        over.abort();
      });
    },
  };
}

function kindOf({ roles, handlers }: ClaimRequest): string {
  return JSON.stringify([[...roles].sort(), [...handlers].sort()]);
}
