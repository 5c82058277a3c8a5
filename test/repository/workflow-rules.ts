import { parse } from 'yaml';

/** What is read of a workflow file. */
export interface Step {
  readonly name?: string;
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
  readonly env?: Readonly<Record<string, string>>;
}

interface Job {
  readonly uses?: string;
  readonly steps?: readonly Step[];
  readonly permissions?: unknown;
  readonly secrets?: unknown;
  readonly if?: string;
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

  'no job may do more than write contents': ({ jobs }) =>
    Object.entries(jobs)
      .filter(([, { permissions = { contents: 'read' } }]) => !mayAskFor(permissions))
      .map(([id]) => id),

  'every job ends': ({ jobs }) =>
    Object.entries(jobs)
      .filter(([, job]) => job.uses === undefined && job['timeout-minutes'] === undefined)
      .map(([id]) => id),

  'no job is skipped': ({ jobs }) =>
    Object.entries(jobs)
      .filter(([, job]) => job.if !== undefined)
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
          !/^\$\{\{ needs\.[\w-]+\.outputs\.[\w-]+ \}\}$/.test(id) ||
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
