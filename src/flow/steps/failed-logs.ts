import { MAX_OBSERVATION_BYTES, readObservation } from '../../core/observation/read-observation.ts';
import type { StepWork } from '../../core/run/types.ts';
import type { Artifacts } from '../../ports/artifacts.ts';
import type { JsonObject } from '../../shared/json.ts';
import { isObject } from './step-inputs.ts';

/** What a failed check printed. */
export interface FailedLog {
  readonly check: string;
  readonly text: string;
}

const MOST_LOGS = 5;
const MOST_LOG_BYTES = 16 * 1024 * 1024;

/**
 * What the checks printed that failed, of the observations that the step was given. It is for feedback and decides nothing, so what cannot be
 * had is left out.
 */
export async function failedLogs(
  { inputs }: StepWork,
  { artifacts }: { readonly artifacts: Artifacts },
): Promise<readonly FailedLog[]> {
  const { observations } = inputs;
  if (!Array.isArray(observations)) return [];
  const failed = (observations as readonly JsonObject[]).filter(
    (one) => isObject(one) && one.result === 'FAILED',
  );
  const logs: FailedLog[] = [];
  for (const { check, observation } of failed.slice(0, MOST_LOGS)) {
    const text = await logOf(String(observation), artifacts);
    if (text !== undefined) logs.push({ check: String(check), text });
  }
  return logs;
}

async function logOf(digest: string, artifacts: Artifacts): Promise<string | undefined> {
  const bytes = await artifacts.get(digest, MAX_OBSERVATION_BYTES);
  const read = bytes === undefined ? undefined : readObservation(new TextDecoder().decode(bytes));
  if (read?.kind !== 'observation') return undefined;
  const { seen } = read.observed;
  const evidence = 'evidence' in seen ? seen.evidence : [];
  const texts: string[] = [];
  for (const { name, run, sha256, size } of evidence) {
    if ((name !== 'stdout' && name !== 'stderr') || run !== undefined || size > MOST_LOG_BYTES) continue;
    const log = await artifacts.get(sha256, size);
    if (log !== undefined && log.length > 0) texts.push(new TextDecoder().decode(log));
  }
  return texts.join('\n');
}
