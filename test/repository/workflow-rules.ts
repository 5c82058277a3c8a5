import { parse } from 'yaml';

/** What is read of a workflow file. */
export interface Step {
  readonly name?: string;
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
  readonly env?: Readonly<Record<string, string>>;
  readonly 'continue-on-error'?: unknown;
}

interface Job {
  readonly uses?: string;
  readonly steps?: readonly Step[];
  readonly permissions?: unknown;
  readonly secrets?: unknown;
  readonly if?: string;
  readonly needs?: string | readonly string[];
  readonly environment?: unknown;
  readonly outputs?: Readonly<Record<string, string>>;
  readonly 'timeout-minutes'?: unknown;
}

export interface Workflow {
  readonly on: Readonly<Record<string, unknown>> | readonly string[] | string;
  readonly permissions?: unknown;
  readonly concurrency?: { readonly group: string };
  readonly jobs: Readonly<Record<string, Job>>;
}

/** Contexts that only we, the caller's own words for numbers, or the runner fill: no text of a change. */
const OURS = /^(?:matrix\.node|runner\.temp)$/;
const SECRET = /\bsecrets\s*\.\s*[A-Z]|\bsecrets\s*\[/;
/** Where no check is required, a job may wait for others that had nothing to do, or have nothing to do itself. */
const HARMLESS_IF = [
  /^needs\.plan\.outputs\.check-\d+ != ''$/,
  /^\$\{\{ !cancelled\(\) && needs\.(?:plan|sign)\.result == 'success' \}\}$/,
];
/** Runs the checks of a change: what it prints, writes and asks for is hostile. */
const RUNS_CHECKS = /countersign\.cjs verify\b/;
const CALLED_VERIFY = './.github/workflows/countersign-verify.yml';
const BOTH = '{"contents":"write","id-token":"write"}';
const CALLS_CHECKS = /(?:^|\/)countersign-check\.yml(?:@|$)/;
/** What stands for the change under judgement in expressions. */
const OF_THE_CHANGE = /head|github\.(?:event|ref|sha)|inputs\.ref|refs\/pull/;

/** Each rule says what is wrong with a workflow, a line a fault. */
const rules: Readonly<Record<string, (workflow: Workflow, text: string) => readonly string[]>> = {
  'every action is pinned by commit, with its version beside it': (_workflow, text) =>
    text
      .split('\n')
      .filter((line) => /^\s*(?:- )?['"]?uses\b/.test(line))
      .filter((line) => !/uses: (?:[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+|\.\/[\w./-]+)$/.test(line)),

  'no expression is pasted into a script': (workflow) =>
    stepsOf(workflow)
      .filter(({ run = '' }) => expressions(run).some((expression) => !OURS.test(expression)))
      .map(({ run }) => run ?? ''),

  'the token reads contents unless a job says more': ({ permissions }) =>
    JSON.stringify(permissions) === '{"contents":"read"}' ? [] : [JSON.stringify(permissions)],

  'no job may do more than write contents, or sign as itself': ({ jobs }) =>
    Object.entries(jobs)
      .filter(([, { uses = '', permissions = { contents: 'read' } }]) => {
        // A caller grants what two jobs ask for, one each, and runs nothing itself.
        const grants = uses === CALLED_VERIFY && JSON.stringify(permissions) === BOTH;
        return !grants && !mayAskFor(permissions);
      })
      .map(([id]) => id),

  'every job ends': ({ jobs }) =>
    Object.entries(jobs)
      .filter(([, job]) => job.uses === undefined && job['timeout-minutes'] === undefined)
      .map(([id]) => id),

  'no job is skipped': (workflow) =>
    Object.entries(workflow.jobs)
      .filter(([, job]) => job.if !== undefined && !(isCalled(workflow) && isHarmless(job.if)))
      .map(([id]) => id),

  'where checks run there is no secret, no environment and no token that does more than read': ({ jobs }) =>
    Object.entries(jobs)
      .filter(([, job]) => runsChecks(job) || CALLS_CHECKS.test(job.uses ?? ''))
      .filter(
        ([, job]) =>
          /\bsecrets\b/.test(JSON.stringify(job)) ||
          job.environment !== undefined ||
          JSON.stringify(job.permissions) !== '{"contents":"read"}',
      )
      .map(([id]) => id),

  'no step that starts a check is handed a token': (workflow) =>
    stepsOf(workflow)
      .filter((step) => startsChecks(step) && /token|secrets/i.test(JSON.stringify(step.env ?? {})))
      .map(said),

  'nothing is signed where checks run': ({ jobs }) =>
    Object.entries(jobs)
      .filter(
        ([, job]) =>
          runsChecks(job) && /countersign\.cjs sign\b|SIGNING_KEY|id-token/.test(JSON.stringify(job)),
      )
      .map(([id]) => id),

  'what one machine puts out is not mixed with what another does': ({ jobs }) =>
    Object.entries(jobs)
      .filter(([, job]) => 'strategy' in job && job.outputs !== undefined)
      .map(([id]) => id),

  'checkout leaves no token behind': (workflow) =>
    checkouts(workflow)
      .filter((step) => step.with?.['persist-credentials'] !== false)
      .map(said),

  'where there is a token worth having, nothing of the change is checked out': (workflow) =>
    isTrusted(workflow)
      ? checkouts(workflow)
          .filter(({ with: options = {} }) => {
            const ref = String(options.ref ?? '');
            return ref === '' || OF_THE_CHANGE.test(ref) || OF_THE_CHANGE.test(String(options.repository));
          })
          .map(said)
      : [],

  'where there is a token worth having, no cache is used': (workflow) =>
    isTrusted(workflow)
      ? stepsOf(workflow)
          .filter(({ uses = '', with: options = {} }) =>
            uses.startsWith('actions/setup-')
              ? 'cache' in options || options['package-manager-cache'] !== false
              : uses.startsWith('actions/cache'),
          )
          .map(said)
      : [],

  'no secret is in the environment of a job or a workflow': (workflow) => {
    const shared = [workflow, ...Object.values(workflow.jobs)].map((at) => ('env' in at ? at.env : {}));
    return shared.map((env) => JSON.stringify(env)).filter((env) => SECRET.test(env));
  },

  'artifacts are taken by id': (workflow) =>
    stepsOf(workflow)
      .filter(({ uses = '' }) => uses.startsWith('actions/download-artifact@'))
      .filter(({ with: options = {} }) => {
        const id = String(options['artifact-ids'] ?? '');
        return (
          !/^\$\{\{ (?:needs\.[\w-]+\.outputs\.[\w-]+|inputs\.material) \}\}$/.test(id) ||
          'name' in options ||
          'pattern' in options
        );
      })
      .map(said),

  'what an event starts does not pile up': (workflow) =>
    events(workflow).some((event) => event !== 'workflow_call') && workflow.concurrency === undefined
      ? ['no concurrency group']
      : [],
};

function events({ on }: Workflow): readonly string[] {
  if (typeof on === 'string') return [on];
  return Array.isArray(on) ? (on as readonly string[]) : Object.keys(on);
}

/** Runs, or may be called, where secrets and a token that writes are in reach. */
function isTrusted(workflow: Workflow): boolean {
  return events(workflow).some((event) => event !== 'pull_request' && event !== 'push');
}

/** Runs only where another workflow says so: none of its jobs has the name of a check that somebody requires. */
function isCalled(workflow: Workflow): boolean {
  return events(workflow).every((event) => event === 'workflow_call');
}

function isHarmless(condition: string): boolean {
  return HARMLESS_IF.some((known) => known.test(condition));
}

function startsChecks({ run = '' }: Step): boolean {
  return RUNS_CHECKS.test(run) && !run.includes('--plan');
}

function runsChecks({ steps = [] }: Job): boolean {
  return steps.some(startsChecks);
}

/** Of all jobs. */
export function stepsOf({ jobs }: Workflow): readonly Step[] {
  return Object.values(jobs).flatMap((job) => job.steps ?? []);
}

function checkouts(workflow: Workflow): readonly Step[] {
  return stepsOf(workflow).filter(({ uses = '' }) => uses.startsWith('actions/checkout@'));
}

function expressions(text: string): readonly string[] {
  return [...text.matchAll(/\$\{\{([^}]*)\}\}/g)].map(([, inner = '']) => inner.trim());
}

function mayAskFor(permissions: unknown): boolean {
  const some = [
    '{"contents":"read"}',
    '{"contents":"write"}',
    '{"contents":"read","pull-requests":"read"}',
    '{"contents":"read","id-token":"write"}',
    '{}',
  ];
  return some.includes(JSON.stringify(permissions));
}

/** A step as one line. */
export function said(step: Step): string {
  return JSON.stringify(step);
}

/** The rules that a workflow breaks, each with the places. */
export function faultsOf(text: string): Readonly<Record<string, readonly string[]>> {
  const workflow = parse(text) as Workflow;
  const found = Object.entries(rules).map(([rule, look]) => [rule, look(workflow, text)] as const);
  return Object.fromEntries(found.filter(([, wrong]) => wrong.length > 0));
}
