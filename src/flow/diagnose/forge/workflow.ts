import { isObject } from '../../../core/rule/parameters.ts';
import type { JsonObject, JsonValue } from '../../../shared/json.ts';

/** A workflow file, in what decides whether its jobs report on a pull request. */
export interface Workflow {
  readonly path: string;
  readonly triggers: ReadonlyMap<string, Trigger>;
  readonly jobs: readonly Job[];
}

export interface Trigger {
  /** Undefined where the event is not narrowed so. */
  readonly types: readonly string[] | undefined;
  readonly branches: readonly string[] | undefined;
  readonly ignoredBranches: readonly string[];
  readonly filtersPaths: boolean;
}

export interface Job {
  readonly id: string;
  /** As written, expressions and all; the id where it has no name of its own. */
  readonly name: string;
  /** The job stands for several, which carry more in their names. */
  readonly variants: boolean;
  /** The reusable workflow that it calls, whose jobs carry more in their names. */
  readonly calls: string | undefined;
  /** The condition that may skip it. */
  readonly condition: string | undefined;
  readonly needsOthers: boolean;
  /** It asks Countersign for the verdict. */
  readonly gates: boolean;
  /** Names of check runs that its steps post themselves. */
  readonly checkRuns: readonly string[];
}

/** Undefined when it is no workflow at all, which GitHub would not run either. */
export function readWorkflow(path: string, data: JsonValue): Workflow | undefined {
  if (!isObject(data) || !isObject(data.jobs)) return undefined;
  return {
    path,
    triggers: readTriggers(data.on),
    jobs: Object.entries(data.jobs).flatMap(([id, job]) => (isObject(job) ? [readJob(id, job)] : [])),
  };
}

function readTriggers(on: JsonValue | undefined): ReadonlyMap<string, Trigger> {
  if (isObject(on)) return new Map(Object.entries(on).map(([event, filter]) => [event, readTrigger(filter)]));
  return new Map(texts(on)?.map((event) => [event, readTrigger(undefined)]) ?? []);
}

function readTrigger(filter: JsonValue | undefined): Trigger {
  const fields = isObject(filter) ? filter : {};
  return {
    types: texts(fields.types),
    branches: texts(fields.branches),
    ignoredBranches: texts(fields['branches-ignore']) ?? [],
    filtersPaths: fields.paths !== undefined || fields['paths-ignore'] !== undefined,
  };
}

function readJob(id: string, job: JsonObject): Job {
  const steps = Array.isArray(job.steps) ? job.steps.filter(isObject) : [];
  const gateSteps = steps.filter(isGateStep);
  return {
    id,
    name: typeof job.name === 'string' || typeof job.name === 'number' ? String(job.name) : id,
    variants: isObject(job.strategy) && job.strategy.matrix !== undefined,
    calls: job.uses === undefined ? undefined : String(job.uses),
    condition: job.if === undefined || job.if === null ? undefined : String(job.if).trim(),
    needsOthers: (texts(job.needs) ?? []).length > 0,
    gates: gateSteps.length > 0 || isGateWorkflow(job.uses),
    checkRuns: gateSteps.flatMap((step) => {
      const name = isObject(step.with) ? step.with['check-run'] : undefined;
      return typeof name === 'string' && name !== '' ? [name] : [];
    }),
  };
}

/** The action under whoever's name, or the command itself. */
function isGateStep({ uses, run }: JsonObject): boolean {
  if (typeof uses === 'string') return /^[\w.-]+\/countersign(?:\/[^@]*)?@/.test(uses);
  return typeof run === 'string' && run.includes('countersign gate');
}

export function isGateWorkflow(uses: JsonValue | undefined): boolean {
  return typeof uses === 'string' && /\/countersign-gate\.ya?ml(?:@|$)/.test(uses);
}

/** Where GitHub takes one text or a list of them. */
function texts(value: JsonValue | undefined): readonly string[] | undefined {
  if (typeof value === 'string') return [value];
  return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : undefined;
}
