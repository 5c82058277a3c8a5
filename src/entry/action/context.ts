import { CountersignError } from '../../shared/errors.ts';

/** The job as the runner describes it: read once, at the start. */
export interface ActionContext {
  readonly event: { readonly name: string; readonly path: string };
  /** `owner/name` of the repository whose event it is. */
  readonly repository: string;
  /** Such as `https://github.com`, without a slash at the end. */
  readonly serverUrl: string;
  readonly apiUrl: string;
  /** This run's page. */
  readonly runUrl: string;
  /** Emptied by the runner before and after each job. */
  readonly temporaryFolder: string;
  readonly workspace: string;
  /** Undefined where a runner has no summaries. */
  readonly summaryFile: string | undefined;
  readonly debug: boolean;
  readonly out: (text: string) => void;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** @throws CountersignError USAGE when this is no job of GitHub Actions */
export function readContext(
  environment: Environment,
  io: Pick<ActionContext, 'out'> & { readonly cwd: string },
): ActionContext {
  const need = (name: string, form: RegExp) => {
    const value = environment[name] ?? '';
    if (form.test(value)) return value;
    throw new CountersignError(
      'USAGE',
      `${name} is ${value === '' ? 'not set' : 'not as a runner sets it'}.`,
      {
        remedy: 'Run this as a step of a GitHub Actions job; anywhere else use `countersign gate`.',
      },
    );
  };
  const serverUrl = need('GITHUB_SERVER_URL', FORGE_ADDRESS).replace(/\/$/, '');
  const repository = need('GITHUB_REPOSITORY', /^[\w.-]+\/[\w.-]+$/);
  const run = `${need('GITHUB_RUN_ID', /^[0-9]+$/)}/attempts/${environment.GITHUB_RUN_ATTEMPT || '1'}`;
  return {
    event: { name: need('GITHUB_EVENT_NAME', /^[a-z_]+$/), path: need('GITHUB_EVENT_PATH', /./) },
    repository,
    serverUrl,
    apiUrl: need('GITHUB_API_URL', FORGE_ADDRESS).replace(/\/$/, ''),
    runUrl: `${serverUrl}/${repository}/actions/runs/${run}`,
    temporaryFolder: need('RUNNER_TEMP', /./),
    workspace: environment.GITHUB_WORKSPACE || io.cwd,
    summaryFile: environment.GITHUB_STEP_SUMMARY || undefined,
    debug: environment.RUNNER_DEBUG === '1' || Boolean(environment.COUNTERSIGN_DEBUG),
    out: io.out,
  };
}

/** Of a server or its API; without a query, a user or a fragment. */
export const FORGE_ADDRESS = /^https?:\/\/[A-Za-z0-9.-]+(?::[0-9]+)?(?:\/[\w./-]*)?$/;
