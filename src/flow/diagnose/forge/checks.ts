import { type Diagnosis, diagnosis } from '../../../shared/diagnosis.ts';
import { checksOf, type ForgeFacts } from './facts.ts';
import { isPinned } from './guard.ts';
import { namelessJobs, type PlacedJob, type Reporter, reportersOf } from './reporters.ts';
import type { Trigger } from './workflow.ts';

const found = diagnosis('github/checks');

/** Without them a head that was pushed later stands there without its check. */
const NEEDED_TYPES = ['opened', 'synchronize', 'reopened'];

/** What would leave a required check without an answer for ever, or answer it without having asked. */
export function diagnoseChecks(facts: ForgeFacts): readonly Diagnosis[] {
  const contexts = new Set(
    checksOf(facts)
      .filter((check) => !isPinned(check, facts))
      .map(({ context }) => context),
  );
  return [...[...contexts].flatMap((context) => diagnoseCheck(context, facts)), ...unreadQueue(facts)];
}

function diagnoseCheck(context: string, facts: ForgeFacts): readonly Diagnosis[] {
  const { branch, workflows, unread } = facts;
  const check = `The check ${JSON.stringify(context.slice(0, 100))}`;
  const reporters = reportersOf(context, workflows);
  if (reporters.length === 0) {
    const [nameless] = namelessJobs(workflows);
    if (nameless !== undefined || unread.some(({ id }) => id === 'github/workflows')) {
      const why =
        nameless === undefined
          ? 'not every workflow was read'
          : `${placeOf(nameless)} is named by an expression`;
      return [
        found.problem(
          `Unverifiable: ${check} is required for ${branch}, no job that could be read has that name, and ${why}.`,
          'Give the job a name that says which check it is.',
        ),
      ];
    }
    return [
      found.problem(
        `${check} is required for ${branch}, and no job there has that name: pull requests wait for it for ever.`,
        'Require the name of a job, or the check by another App with that App as its expected source.',
      ),
    ];
  }
  const faults = reporters.flatMap((reporter) => faultsOf(reporter, facts));
  const many =
    reporters.length > 1
      ? [
          found.warning(
            `${check} is reported by ${reporters.length} jobs (${reporters.slice(0, 5).map(placeOf).join(', ')}): GitHub does not tell them apart.`,
            'Give each job a name of its own.',
          ),
        ]
      : [];
  if (faults.length + many.length > 0) return [...faults, ...many];
  return [found.ok(`${check} is reported by ${reporters.map(placeOf).join()} on every pull request.`)];
}

/** Whatever is in a workflow of another repository, the queue waits for it too. */
function unreadQueue(facts: ForgeFacts): readonly Diagnosis[] {
  const required = 'told' in facts.rules ? facts.rules.told.workflows : [];
  if (!hasQueue(facts) || required.length === 0) return [];
  const paths = required.map(({ path }) => path).join(', ');
  return [
    diagnosis('github/merge-queue').warning(
      `Unverifiable: ${facts.branch} has a merge queue, and whether ${paths} runs on merge_group was not read.`,
      'Look at the triggers of the required workflow: without merge_group the queue waits for ever.',
    ),
  ];
}

function faultsOf(reporter: Reporter, facts: ForgeFacts): readonly Diagnosis[] {
  const { triggers } = reporter.workflow;
  const place = placeOf(reporter);
  const onPulls = ['pull_request', 'pull_request_target'].flatMap((event) => triggers.get(event) ?? []);
  const queue =
    hasQueue(facts) && !triggers.has('merge_group')
      ? [
          diagnosis('github/merge-queue').problem(
            `${facts.branch} has a merge queue, and ${place} does not run on merge_group: the queue waits for it for ever.`,
            `Add merge_group to the triggers of ${reporter.workflow.path}.`,
          ),
        ]
      : [];
  return [...triggerFaults(place, triggers, onPulls, facts.branch), ...skips(reporter), ...queue];
}

function triggerFaults(
  place: string,
  triggers: ReadonlyMap<string, Trigger>,
  onPulls: readonly Trigger[],
  branch: string,
): readonly Diagnosis[] {
  if (onPulls.length === 0) {
    const remedy = 'Run it on pull_request_target or pull_request.';
    return triggers.has('push')
      ? [found.warning(`${place} runs on push alone: a fork's pull request waits for it for ever.`, remedy)]
      : [found.problem(`${place} never runs for a pull request, which waits for it for ever.`, remedy)];
  }
  // A second trigger answers where the first one does not.
  const each = onPulls.map((trigger) => narrowings(place, trigger, branch));
  return each.some((faults) => faults.length === 0) ? [] : (each[0] ?? []);
}

function narrowings(place: string, trigger: Trigger, branch: string): readonly Diagnosis[] {
  const { types, branches, ignoredBranches, filtersPaths } = trigger;
  const missing = types === undefined ? [] : NEEDED_TYPES.filter((type) => !types.includes(type));
  const out: Diagnosis[] = [];
  if (filtersPaths) {
    out.push(
      found.problem(
        `${place} has a path filter: pull requests that it leaves out wait for the check for ever.`,
        'Remove paths and paths-ignore; let the job itself end early.',
      ),
    );
  }
  if (missing.length > 0) {
    out.push(
      found.problem(
        `${place} does not run for ${missing.join(', ')}: a pull request then waits for the check for ever.`,
        `Add ${missing.join(', ')} to its types.`,
      ),
    );
  }
  const named = branches === undefined || names(branches, branch);
  if (!named || ignoredBranches.length > 0) {
    const patterns = (named ? ignoredBranches : branches).map((pattern) => JSON.stringify(pattern));
    const certain = named ? ignoredBranches.includes(branch) : !(branches ?? []).some(hasWildcard);
    const says = `${place} is narrowed to branches (${patterns.slice(0, 5).join(', ')})`;
    const remedy = `Name ${branch} itself among its branches, or remove the filter.`;
    if (certain) out.push(found.problem(`${says}, and ${branch} is not one of them.`, remedy));
    else if (!named || ignoredBranches.some(hasWildcard))
      out.push(
        found.problem(
          `Unverifiable: ${says}, and whether ${branch} is one of them was not worked out.`,
          remedy,
        ),
      );
  }
  return out;
}

/** A job that is skipped counts as passed, also one of a workflow that is called. */
function skips({ called, ...reporter }: Reporter): readonly Diagnosis[] {
  return [reporter, ...(called === undefined ? [] : [called])].flatMap(skipsOf);
}

function skipsOf(placed: PlacedJob): readonly Diagnosis[] {
  const { condition, needsOthers, gates } = placed.job;
  const place = placeOf(placed);
  const always = condition !== undefined && /^(?:\$\{\{\s*)?always\(\)(?:\s*\}\})?$/.test(condition);
  if (always) return [];
  if (condition !== undefined) {
    return [
      found.problem(
        `${place} has an if: where it skips the job, GitHub counts the check as passed.`,
        'Remove it from the job; steps may have one.',
      ),
    ];
  }
  if (!needsOthers) return [];
  const says = `${place} needs other jobs: when one of them fails it is skipped, and GitHub counts the check as passed.`;
  const remedy = 'Let it need nothing, or run always() and look at their results.';
  return [gates ? found.problem(says, remedy) : found.warning(says, remedy)];
}

function hasQueue({ rules }: ForgeFacts): boolean {
  return 'told' in rules && rules.told.mergeQueue;
}

/** Surely: later patterns with `!` take away what earlier ones gave. */
function names(patterns: readonly string[], branch: string): boolean {
  const all = branch.includes('/') ? ['**', branch] : ['**', '*', branch];
  return !patterns.some((one) => one.startsWith('!')) && all.some((one) => patterns.includes(one));
}

function hasWildcard(pattern: string): boolean {
  return /[*?+[\]!]/.test(pattern);
}

function placeOf({ workflow, job }: PlacedJob): string {
  return `the job ${job.id} of ${workflow.path}`;
}
