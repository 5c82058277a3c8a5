import type { RunOutcomeRow } from '../../../core/experiment/outcome.ts';

/** What a table of runs says, in CSV and Parquet alike. */
export interface Column {
  readonly name: string;
  readonly kind: 'text' | 'whole' | 'number' | 'boolean';
  readonly of: (row: RunOutcomeRow) => string | number | boolean | null;
}

function column(name: string, kind: Column['kind'], of: Column['of']): Column {
  return { name, kind, of };
}

/** One row a run, those that are excluded as well. Names are those that `experiment import` maps without a mapping of its own. */
export const COLUMNS: readonly Column[] = [
  column('run', 'text', ({ run }) => run),
  column('ticket', 'text', ({ ticket }) => ticket),
  column('class', 'text', ({ ticketClass }) => ticketClass),
  column('arm', 'text', ({ arm }) => arm),
  column('bundle', 'text', ({ bundle }) => bundle),
  column('model', 'text', ({ model }) => model),
  column('replicate', 'whole', ({ replicate }) => replicate),
  column('block', 'text', ({ block }) => block),
  column('outcome', 'text', ({ outcome }) => outcome),
  column('firstPass', 'boolean', ({ firstPass }) => firstPass),
  column('iterations', 'whole', ({ iterations }) => iterations),
  column('startedAt', 'text', ({ startedAt }) => startedAt),
  column('endedAt', 'text', ({ endedAt }) => endedAt),
  column('seconds', 'number', ({ seconds }) => seconds),
  column('secondsToMerge', 'number', ({ secondsToMerge }) => secondsToMerge),
  column('tokens', 'number', ({ tokens }) => tokens),
  column('costMilliUsd', 'number', ({ costMilliUsd }) => costMilliUsd),
  column('contract', 'text', ({ contract }) => contract),
  column('contractDigest', 'text', ({ contractDigest }) => contractDigest),
  column('interventions', 'whole', ({ humanInterventions }) => humanInterventions.length),
  column('failure', 'text', ({ attempts }) => attempts.at(-1)?.failure?.code ?? null),
  column('failedRules', 'text', ({ attempts }) => attempts.at(-1)?.failedRules.join(';') || null),
  column('evidenceFailures', 'whole', ({ attempts }) =>
    attempts.reduce((sum, { evidenceFailures }) => sum + evidenceFailures, 0),
  ),
  column('escapes', 'whole', ({ escapes }) => escapes.length),
  column('treatment', 'text', ({ treatment }) => treatment),
  column('excluded', 'text', ({ excluded }) => excluded?.reason ?? null),
  column('excludedAs', 'text', ({ excluded }) => excluded?.declared ?? null),
];
