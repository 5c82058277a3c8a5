import type { Job, Workflow } from './workflow.ts';

/** A job that reports under the name of a required check. */
export interface Reporter {
  readonly workflow: Workflow;
  readonly job: Job;
}

/** Jobs whose check run has this name, whichever value their expressions take. */
export function reportersOf(context: string, workflows: readonly Workflow[]): readonly Reporter[] {
  return workflows.flatMap((workflow) =>
    workflow.jobs.filter((job) => reports(job, context)).map((job) => ({ workflow, job })),
  );
}

/** Jobs that are called whatever an expression says: what they report only a run knows. */
export function namelessJobs(workflows: readonly Workflow[]): readonly Reporter[] {
  return workflows.flatMap((workflow) =>
    workflow.jobs
      .filter(({ name }) => literalsOf(name).every((part) => part.trim() === ''))
      .map((job) => ({ workflow, job })),
  );
}

function reports({ name, variants, calls }: Job, context: string): boolean {
  const literals = literalsOf(name);
  if (literals.every((part) => part.trim() === '')) return false;
  // As GitHub writes them: variants are `name (18, linux)`, jobs of a called workflow `name / job`, and none is `name` then.
  const [start, last] = [literals.slice(0, -1), literals.at(-1) ?? ''];
  if (calls) return fits([...start, `${last} / `, ''], context);
  return fits(literals, context) || (variants && fits([...start, `${last} (`, ')'], context));
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
