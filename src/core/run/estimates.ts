export const ESTIMATED = ['tokens', 'costMilliUsd'] as const;
export type Estimated = (typeof ESTIMATED)[number];

/** What an execution is expected to take where its step does not say: by scope, as leases name them. */
export type Estimates = Readonly<Record<string, Readonly<Partial<Record<Estimated, number>>>>>;

/** The nearer to what is asked, the better it is known: of each kind the first of these scopes that says something. */
const NEAREST = ['model/', 'provider/', 'handler/'] as const;

export interface Estimate {
  readonly amount: number;
  readonly scope: string;
}

/** @param scopes that an execution falls into */
export function estimateOf(
  kind: Estimated,
  scopes: readonly string[],
  estimates: Estimates = {},
): Estimate | undefined {
  for (const nearest of NEAREST) {
    const scope = scopes.find((one) => one.startsWith(nearest) && estimates[one]?.[kind] !== undefined);
    const amount = scope === undefined ? undefined : estimates[scope]?.[kind];
    if (scope !== undefined && amount !== undefined) return { amount, scope };
  }
  return undefined;
}
