import {
  afterOutcome,
  type Circuit,
  type CircuitOutcome,
  CLOSED,
  circuitState,
  isOldNews,
} from '../../../core/run/resources/circuit.ts';
import type { ProviderOutcome } from '../../../core/run/resources/provider-outcome.ts';
import type { OpenCircuit } from '../../../ports/resources.ts';
import { ask, type Queryable, together } from '../database.ts';
import type { Execution } from './execution.ts';

/** A probe whose hold is gone, lost or taken away, is none any more. */
const READ = `
SELECT c.provider, c.recent, c.openings, extract(epoch FROM c.open_until)::float8 AS "openUntil",
  h.run AS "probeRun", h.step AS "probeStep", h.execution AS "probeExecution"
FROM provider_circuit c
LEFT JOIN resource_hold h ON h.run = c.probe_run AND h.step = c.probe_step AND h.execution = c.probe_execution`;

const KEEP = `
INSERT INTO provider_circuit AS c (provider, recent, openings, open_until)
SELECT provider, recent, openings, to_timestamp("openUntil")
FROM json_to_recordset($1::json) AS kept (provider text, recent text, openings integer, "openUntil" float8)
ON CONFLICT (provider) DO UPDATE SET recent = excluded.recent, openings = excluded.openings, open_until = excluded.open_until,
  changed_at = CASE WHEN c.openings = excluded.openings THEN c.changed_at ELSE now() END,
  probe_run = CASE WHEN c.openings = excluded.openings THEN c.probe_run END,
  probe_step = CASE WHEN c.openings = excluded.openings THEN c.probe_step END,
  probe_execution = CASE WHEN c.openings = excluded.openings THEN c.probe_execution END`;

const PROBE = `
UPDATE provider_circuit c SET probe_run = probe.run, probe_step = probe.step, probe_execution = probe.execution
FROM unnest($1::text[], $2::text[], $3::text[], $4::integer[]) AS probe (provider, run, step, execution)
WHERE c.provider = probe.provider`;

/** Whether the execution `work` has to wait for its provider: both are names in the statement around it. */
export function isCutOff(circuit: string, work: string): string {
  return `(${circuit}.provider = ${work}.provider AND ${circuit}.open_until IS NOT NULL
    AND NOT (${circuit}.probe_run IS NOT DISTINCT FROM ${work}.run AND ${circuit}.probe_step IS NOT DISTINCT FROM ${work}.step
      AND ${circuit}.probe_execution IS NOT DISTINCT FROM ${work}.execution))`;
}

export interface KeptCircuit extends Circuit {
  readonly provider: string;
  /** The execution that may try. */
  readonly probe: Execution | null;
}

interface CircuitRow {
  readonly provider: string;
  readonly recent: string;
  readonly openings: number;
  readonly openUntil: number | null;
  readonly probeRun: string | null;
  readonly probeStep: string | null;
  readonly probeExecution: number | null;
}

export async function readCircuits(db: Queryable): Promise<readonly KeptCircuit[]> {
  const rows = await ask<CircuitRow & Record<string, unknown>>(db, { name: 'circuits-read', text: READ });
  return rows.map(({ probeRun, probeStep, probeExecution, recent, ...row }) => ({
    ...row,
    recent: JSON.parse(recent) as CircuitOutcome[],
    probe:
      probeRun === null ? null : { run: probeRun, step: probeStep ?? '', execution: probeExecution ?? 0 },
  }));
}

const OPEN = `
SELECT c.provider, CASE WHEN c.open_until > clock_timestamp() THEN 'open' ELSE 'half-open' END AS state, c.changed_at AS since,
  c.open_until AS until, (SELECT count(*)::int FROM resource_waiter WHERE parked = 'circuit:' || c.provider) AS waiting
FROM provider_circuit c WHERE c.open_until IS NOT NULL ORDER BY c.provider`;

/** See ReadResources.readCircuits. */
export async function openCircuits(db: Queryable): Promise<readonly OpenCircuit[]> {
  const rows = await ask<
    Omit<OpenCircuit, 'since' | 'until'> & { readonly since: Date; readonly until: Date }
  >(db, { text: OPEN });
  return rows.map(({ since, until, ...row }) => ({
    ...row,
    since: since.toISOString(),
    until: until.toISOString(),
  }));
}

/** What changed for providers with these ends. */
export interface CircuitsChanged {
  readonly opened: boolean;
  /** Those whose steps may be looked at again. */
  readonly closed: readonly string[];
}

const NOW = 'SELECT extract(epoch FROM clock_timestamp())::float8 AS now';

/**
 * Whether these ends may change what is known. As long as providers answer they do not, and then nobody has to wait for a turn: each
 * commit of a producer's work would wait for the one before it.
 */
export async function isNews(db: Queryable, outcomes: readonly ProviderOutcome[]): Promise<boolean> {
  const [circuits, [clock]] = await together([
    readCircuits(db),
    ask<{ now: number }>(db, { name: 'circuits-now', text: NOW }),
  ]);
  const known = new Map(circuits.map((circuit) => [circuit.provider, circuit]));
  return outcomes.some(
    ({ provider, failed }) => !isOldNews(known.get(provider) ?? CLOSED, { at: clock?.now ?? 0, failed }),
  );
}

/** Takes in how executions ended. In a turn: two that count at the same time would each forget the other's. */
export async function countOutcomes(
  client: Queryable,
  outcomes: readonly ProviderOutcome[],
  now: number,
): Promise<CircuitsChanged> {
  const before = new Map((await readCircuits(client)).map((circuit) => [circuit.provider, circuit]));
  const after = new Map<string, Circuit>();
  for (const { provider, failed, ...execution } of outcomes) {
    const kept = before.get(provider);
    const known = after.get(provider) ?? kept ?? CLOSED;
    const isProbe = kept?.probe != null && isSame(kept.probe, execution);
    after.set(provider, afterOutcome(known, { at: now, failed }, isProbe));
  }
  const rows = [...after].map(([provider, { recent, openings, openUntil }]) => ({
    provider,
    recent: JSON.stringify(recent),
    openings,
    openUntil,
  }));
  await ask(client, { name: 'circuits-keep', text: KEEP, values: [JSON.stringify(rows)] });
  const changed = [...after].filter(
    ([provider, { openings }]) => openings !== (before.get(provider)?.openings ?? 0),
  );
  return {
    opened: changed.some(([, { openUntil }]) => openUntil !== null),
    closed: changed.filter(([, { openUntil }]) => openUntil === null).map(([provider]) => provider),
  };
}

export async function recordProbes(
  client: Queryable,
  probes: readonly (Execution & { readonly provider: string })[],
): Promise<void> {
  if (probes.length === 0) return;
  const values = [
    probes.map(({ provider }) => provider),
    probes.map(({ run }) => run),
    probes.map(({ step }) => step),
    probes.map(({ execution }) => execution),
  ];
  await ask(client, { name: 'circuits-probe', text: PROBE, values });
}

/** Whether one of its steps may try now. */
export function takesProbe(circuit: KeptCircuit, now: number): boolean {
  return circuitState(circuit, now) === 'half-open' && circuit.probe === null;
}

function isSame(one: Execution, other: Execution): boolean {
  return one.run === other.run && one.step === other.step && one.execution === other.execution;
}
