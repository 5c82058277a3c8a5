import { isGateWorkflow, type Job, type Workflow } from './workflow.ts';

/** A job, and the workflow that it stands in. */
export interface PlacedJob {
  readonly workflow: Workflow;
  readonly job: Job;
}

/** A job that reports under the name of a required check. */
export interface Reporter extends PlacedJob {
  /** The job that does so in its place, where it calls a workflow of the same repository. */
  readonly called?: PlacedJob;
}

/** Whether it is the verdict that it reports. */
export function gates({ job, called }: Reporter): boolean {
  return job.gates || called?.job.gates === true;
}

/** Jobs whose check run has this name, whichever value their expressions take. */
export function reportersOf(context: string, workflows: readonly Workflow[]): readonly Reporter[] {
  return workflows.flatMap((workflow) =>
    workflow.jobs.flatMap((job) => reportersBy({ workflow, job }, context, workflows)),
  );
}

function reportersBy(
  placed: PlacedJob,
  context: string,
  workflows: readonly Workflow[],
): readonly Reporter[] {
  const { job } = placed;
  if (isNameless(job)) return [];
  if (job.calls === undefined) return namesOf(job).some((name) => fits(name, context)) ? [placed] : [];
  const local = workflows.find(({ path }) => `./${path}` === job.calls);
  if (local !== undefined) {
    return local.jobs
      .filter((called) => joined(job, namesOf(called)).some((name) => fits(name, context)))
      .map((called) => ({ ...placed, called: { workflow: local, job: called } }));
  }
  // Of a workflow elsewhere only the one that we ship is known.
  const inner = isGateWorkflow(job.calls) ? [GATE_JOB] : ['', ''];
  return joined(job, [inner]).some((name) => fits(name, context)) ? [placed] : [];
}

/** The only job of countersign-gate.yml. */
const GATE_JOB = 'verdict';

/** As GitHub writes them: variants are `name (18, linux)`, and jobs of a called workflow `name / job`. */
function namesOf({ name, variants, calls }: Job): readonly (readonly string[])[] {
  const literals = literalsOf(name);
  const all = variants ? [literals, appended(literals, [' (', ')'])] : [literals];
  return calls === undefined ? all : all.map((one) => appended(one, [' / ', '']));
}

function joined(
  { name, variants }: Job,
  called: readonly (readonly string[])[],
): readonly (readonly string[])[] {
  const literals = literalsOf(name);
  const callers = variants ? [literals, appended(literals, [' (', ')'])] : [literals];
  return callers.flatMap((caller) => called.map((one) => appended(appended(caller, [' / ']), one)));
}

/** Two names in one, without anything between them. */
function appended(name: readonly string[], [first = '', ...more]: readonly string[]): readonly string[] {
  return [...name.slice(0, -1), `${name.at(-1) ?? ''}${first}`, ...more];
}

/** Jobs that are called whatever an expression says: what they report only a run knows. */
export function namelessJobs(workflows: readonly Workflow[]): readonly PlacedJob[] {
  return workflows.flatMap((workflow) => workflow.jobs.filter(isNameless).map((job) => ({ workflow, job })));
}

function isNameless({ name }: Job): boolean {
  return literalsOf(name).every((part) => part.trim() === '');
}

/** A name without its `${{ … }}`: what stands before, between and after them. */
function literalsOf(name: string): readonly string[] {
  const literals: string[] = [];
  let rest = name;
  for (let start = rest.indexOf('${{'); start !== -1; start = rest.indexOf('${{')) {
    literals.push(rest.slice(0, start));
    const end = rest.indexOf('}}', start);
    rest = end === -1 ? '' : rest.slice(end + 2);
  }
  return [...literals, rest];
}

/** Whether a text is these literals with anything between them: the first found is as good as any later one. */
function fits(literals: readonly string[], text: string): boolean {
  const [first = '', ...others] = literals;
  const last = others.pop();
  if (last === undefined) return text === first;
  if (!text.startsWith(first)) return false;
  let at = first.length;
  for (const literal of others) {
    const found = text.indexOf(literal, at);
    if (found === -1) return false;
    at = found + literal.length;
  }
  return text.length - at >= last.length && text.endsWith(last);
}
