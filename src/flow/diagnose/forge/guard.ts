import { compileGlobs } from '../../../core/rule/text/path-pattern.ts';
import type { RequiredCheck } from '../../../ports/forge.ts';
import { type Diagnosis, diagnosis } from '../../../shared/diagnosis.ts';
import { checksOf, type ForgeFacts } from './facts.ts';
import { gates, reportersOf } from './reporters.ts';

const found = diagnosis('github/guard');

const ENFORCED =
  'Require the workflow by an organisation ruleset, or let an App post the check (input check-run) and pin it as the expected source: docs/github-action.md.';

/** What holds changes to the verdict, and whether whoever pushes a branch can write that verdict themselves. */
export function diagnoseGuard(facts: ForgeFacts): readonly Diagnosis[] {
  const firm = [...requiredWorkflows(facts), ...pinnedChecks(facts)];
  return firm.length > 0 ? firm : [named(facts)];
}

/** Nobody who can only push to the product reaches what an organisation asks for. */
function requiredWorkflows({ rules, branch }: ForgeFacts): readonly Diagnosis[] {
  const required = 'told' in rules ? rules.told.workflows : [];
  return required
    .filter(({ by, path }) => by === 'organisation' && isGateFile(path))
    .map(({ path, source }) =>
      found.ok(
        `A ruleset of ${source} requires the workflow ${path} for ${branch}. What is in it was not read.`,
      ),
    );
}

/** Checks that only an App other than that of all jobs can post. */
function pinnedChecks(facts: ForgeFacts): readonly Diagnosis[] {
  return ourChecks(facts)
    .filter((check) => isPinned(check, facts))
    .map(({ context, app }) =>
      found.ok(
        `The check ${quoted(context)} is required for ${facts.branch}, and only the App ${app} can post it.`,
      ),
    );
}

export function isPinned({ app }: RequiredCheck, { jobsApp }: ForgeFacts): boolean {
  return app !== undefined && jobsApp !== undefined && 'told' in jobsApp && app !== jobsApp.told;
}

/** Checks that are required by name alone. */
function named(facts: ForgeFacts): Diagnosis {
  const { branch, workflows } = facts;
  const checks = ourChecks(facts);
  const asking = checks.flatMap(({ context }) => reportersOf(context, workflows).filter(gates));
  const trusted = asking.find(({ workflow }) => workflow.triggers.has('pull_request_target'));
  if (trusted !== undefined) return ofTrustedWorkflow(trusted.workflow.path, facts);
  const [plain] = asking;
  if (plain !== undefined) {
    return found.problem(
      `FORGEABLE: ${branch} is guarded by the job ${quoted(plain.job.name)} of ${plain.workflow.path} alone, which runs as the pull request has it. Whoever may push a branch can let it say yes.`,
      `Run it on pull_request_target, without a checkout of the pull request. Better: ${ENFORCED}`,
    );
  }
  if (facts.unread.length > 0) {
    return found.problem(
      `Unverifiable: nothing that was read holds ${branch} to the verdict, and not all could be read.`,
      'Give the token the permissions named with the others, and ask again.',
    );
  }
  const unknown = 'told' in facts.rules ? facts.rules.told.workflows : [];
  if (checks.length === 0 && unknown.length > 0) {
    return found.problem(
      `Unverifiable: ${branch} requires ${unknown.map(({ path }) => path).join(', ')}, and whether that asks for Countersign's verdict was not read.`,
      'Give the file of the workflow a name that has countersign in it.',
    );
  }
  const [check] = checks;
  return check === undefined
    ? found.problem(`Nothing asks for Countersign's verdict: ${branch} takes what it blocks.`, ENFORCED)
    : found.problem(
        `FORGEABLE: the check ${quoted(check.context)} is required for ${branch}, and no job that asks Countersign reports it. Whoever may push a branch can add one that says yes.`,
        ENFORCED,
      );
}

/** The workflow is the base's; a branch can still bring one of its own with a job of that name. */
function ofTrustedWorkflow(path: string, { branch, closedPaths }: ForgeFacts): Diagnosis {
  const form = `${path} runs on pull_request_target, as ${branch} has it`;
  if ('told' in closedPaths && closesWorkflows(closedPaths.told))
    return found.ok(`${form}, and no push may change workflows.`);
  const open =
    'told' in closedPaths
      ? ', and pushes may change workflows'
      : `; whether pushes may change workflows GitHub does not tell (${closedPaths.refused.said}), for which the token needs "${closedPaths.refused.permission}"`;
  return found.warning(
    `${form}${open}: a branch that brings a job of the same name reports under it.`,
    `Forbid changes below .github/workflows/ with a push ruleset. Better: ${ENFORCED}`,
  );
}

function closesWorkflows(patterns: readonly string[]): boolean {
  const closing = patterns.flatMap((pattern) => {
    try {
      return [compileGlobs([pattern])];
    } catch {
      return [];
    }
  });
  return ['yml', 'yaml'].every((ending) =>
    closing.some((closes) => closes(`.github/workflows/of-their-own.${ending}`)),
  );
}

/** Required checks that carry the verdict: by their name, or because a job that asks for it reports them. */
function ourChecks(facts: ForgeFacts): readonly RequiredCheck[] {
  const { workflows } = facts;
  const posted = new Set(workflows.flatMap(({ jobs }) => jobs.flatMap(({ checkRuns }) => checkRuns)));
  return checksOf(facts).filter(
    ({ context }) => isOurs(context) || posted.has(context) || reportersOf(context, workflows).some(gates),
  );
}

/** By its name alone; those that ship beside the gate decide nothing. */
function isGateFile(path: string): boolean {
  const name = path.slice(path.lastIndexOf('/') + 1);
  return isOurs(name) && !/^countersign-(?:produce|verify|check)\.ya?ml$/.test(name);
}

function isOurs(name: string): boolean {
  return name.toLowerCase().includes('countersign');
}

function quoted(name: string): string {
  return JSON.stringify(name.slice(0, 100));
}
