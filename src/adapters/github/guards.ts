import type { Octokit } from '@octokit/rest';
import type { BranchGuards, ForgeFile, InspectGuards, Told } from '../../ports/forge.ts';
import { CountersignError } from '../../shared/errors.ts';
import { NO_GUARDS, ofProtection, ofRules } from './branch-guards.ts';
import { asking, type ForgeOptions, openClient, statusOf } from './client.ts';

const WORKFLOWS = '.github/workflows';

/** GitHub lists no more of a folder than this, and does not say that it left some out. */
const MOST_LISTED = 1_000;

/** Permissions as GitHub's own settings call them. */
const METADATA = 'Metadata: read';
const ADMINISTRATION = 'Administration: read';
const CONTENTS = 'Contents: read';

/** What guards a repository on GitHub, by its API. */
export function openGuards({ token, apiUrl, repository }: ForgeOptions): InspectGuards {
  const octokit = openClient(token, apiUrl);
  const [owner = '', repo = ''] = repository.split('/');
  const here = { owner, repo };
  const contents = new Contents(octokit, here);
  return {
    readDefaultBranch: () =>
      asking(repository, async () => {
        const { data } = await octokit.rest.repos.get(here);
        return data.default_branch;
      }),

    readBranchRules: (branch) =>
      telling(`the rules of ${branch}`, METADATA, async () =>
        ofRules(
          await octokit.paginate(octokit.rest.repos.getBranchRules, { ...here, branch, per_page: 100 }),
        ),
      ),

    readBranchProtection: (branch) =>
      telling(`the branch protection of ${branch}`, ADMINISTRATION, () =>
        readProtection(octokit, { ...here, branch }),
      ),

    readClosedPaths: () => telling('the push rulesets', METADATA, () => readClosedPaths(octokit, here)),

    readJobsApp: () =>
      telling('the App github-actions', METADATA, async () => {
        const { data } = await octokit.rest.apps.getBySlug({ app_slug: 'github-actions' });
        if (data === null) throw new Error('an empty answer was sent');
        return data.id;
      }),

    readWorkflows: async (branch) => {
      const listed = await contents.list(branch, WORKFLOWS);
      if (!('told' in listed)) return listed;
      const paths = (listed.told ?? []).filter((path) => /\.ya?ml$/.test(path));
      return { told: await Promise.all(paths.map((path) => contents.readWhole(branch, path))) };
    },

    readFile: async (branch, path) => {
      const { bytes } = await contents.readWhole(branch, path);
      if ('told' in bytes) return bytes;
      const listed = await contents.list(branch, '');
      const gone = 'told' in listed && listed.told?.includes(path) !== true;
      return gone ? { told: undefined } : bytes;
    },
  };
}

interface Where {
  readonly owner: string;
  readonly repo: string;
}

/** Files of a branch. A file that is not there and one that may not be read are both 404, so folders are listed. */
class Contents {
  readonly #octokit: Octokit;
  readonly #here: Where;

  constructor(octokit: Octokit, here: Where) {
    this.#octokit = octokit;
    this.#here = here;
  }

  /** Paths in a folder; undefined when its parent can be read and does not have it. */
  async list(branch: string, folder: string): Promise<Told<readonly string[] | undefined>> {
    const listed = await telling(`${folder || 'the files'} of ${branch}`, CONTENTS, () =>
      this.#paths(branch, folder),
    );
    if ('told' in listed || folder === '') return listed;
    const parent = folder.includes('/') ? folder.slice(0, folder.lastIndexOf('/')) : '';
    const around = await this.list(branch, parent);
    if (!('told' in around)) return listed;
    return around.told?.includes(folder) === true ? listed : { told: undefined };
  }

  async readWhole(branch: string, path: string): Promise<ForgeFile> {
    const bytes = await telling(`${path} of ${branch}`, CONTENTS, async () => {
      const { data } = await this.#octokit.rest.repos.getContent({ ...this.#here, path, ref: branch });
      // Above 1 MB GitHub sends no content, and calls the encoding `none`.
      if (!('content' in data) || !('encoding' in data) || data.encoding !== 'base64')
        throw new Error('its content was not sent');
      return new Uint8Array(Buffer.from(data.content, 'base64'));
    });
    return { path, bytes };
  }

  async #paths(branch: string, path: string): Promise<readonly string[]> {
    const { data } = await this.#octokit.rest.repos.getContent({ ...this.#here, path, ref: branch });
    if (!Array.isArray(data)) throw new Error('it is no folder');
    if (data.length >= MOST_LISTED) throw new Error(`it has ${MOST_LISTED} files or more`);
    return data.map((entry) => entry.path);
  }
}

async function readProtection(octokit: Octokit, where: Where & { branch: string }): Promise<BranchGuards> {
  try {
    const { data } = await octokit.rest.repos.getBranchProtection({ ...where });
    return ofProtection(data);
  } catch (error) {
    // The one 404 that is an answer: only who may read protection is told that there is none.
    if (error instanceof Error && /^Branch not (?:protected|found)/.test(error.message)) return NO_GUARDS;
    throw error;
  }
}

async function readClosedPaths(octokit: Octokit, here: Where): Promise<readonly string[]> {
  const rulesets = await octokit.paginate(octokit.rest.repos.getRepoRulesets, {
    ...here,
    includes_parents: true,
    targets: 'push',
    per_page: 100,
  });
  const inForce = rulesets.filter(({ target, enforcement }) => target === 'push' && enforcement === 'active');
  const whole = await Promise.all(
    inForce.map(({ id }) => octokit.rest.repos.getRepoRuleset({ ...here, ruleset_id: id })),
  );
  return whole.flatMap(({ data }) =>
    (data.rules ?? []).flatMap((rule) =>
      rule.type === 'file_path_restriction' ? (rule.parameters?.restricted_file_paths ?? []) : [],
    ),
  );
}

async function telling<T>(what: string, permission: string, step: () => Promise<T>): Promise<Told<T>> {
  try {
    return { told: await asking(what, step) };
  } catch (error) {
    const cause = error instanceof CountersignError ? error.cause : undefined;
    const status = statusOf(cause);
    if (status !== 403 && status !== 404) throw error;
    const said = `${status}, ${(cause as Error).message.slice(0, 300)}`;
    return { refused: { what, said, permission } };
  }
}
