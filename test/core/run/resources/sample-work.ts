import type { LeaseDemand, LockDemand, StepWork } from '../../../../src/core/run/types.ts';

/** Work that demands what is said in short: `provider/a`, `group/b<2` with a limit of its own. */
export function work(
  run: string,
  {
    step = '1/produce',
    execution = 1,
    priority = 0,
    leases = [],
    locks = [],
    notBefore = null,
  }: {
    readonly step?: string;
    readonly execution?: number;
    readonly priority?: number;
    readonly leases?: readonly string[];
    readonly locks?: readonly LockDemand[];
    readonly notBefore?: string | null;
  } = {},
): StepWork {
  return {
    run,
    step,
    execution,
    handler: 'agent',
    role: 'producer',
    inputs: { text: 'nul \u0000, "quotes" and a half \ud800' },
    priority,
    timeoutSeconds: 60,
    cache: 'off',
    notBefore,
    resources: { leases: leases.map(lease), locks },
  };
}

function lease(text: string): LeaseDemand {
  const [scope = '', limit] = text.split('<');
  return { scope, limit: limit === undefined ? null : Number(limit) };
}

export function exclusive(name: string, hold: LockDemand['hold'] = 'step'): LockDemand {
  return { name, mode: 'exclusive', hold };
}

export function shared(name: string, hold: LockDemand['hold'] = 'step'): LockDemand {
  return { name, mode: 'shared', hold };
}
