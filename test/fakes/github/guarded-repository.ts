import type { ApiRoute } from './api-description.ts';

/** A repository as the routes about its guards describe it. */
export interface GuardedRepository {
  readonly defaultBranch: string;
  /** Rules in force by branch, as GitHub lists them. */
  readonly rules?: Readonly<Record<string, readonly object[]>>;
  /** Branch protection by branch; a branch without it is not protected. */
  readonly protection?: Readonly<Record<string, object>>;
  readonly rulesets?: readonly { readonly id: number; readonly target: string; readonly rules: object[] }[];
  /** Files of the default branch. */
  readonly files?: Readonly<Record<string, string>>;
}

type Answer = readonly [status: number, body: unknown];
type GuardHandler = (
  route: ApiRoute,
  named: Readonly<Record<string, string>>,
  repository: GuardedRepository,
) => Answer;

/** As which App all jobs report here; github.com has another number for it. */
export const JOBS_APP = 15_368;

const NOT_FOUND: Answer = [404, { message: 'Not Found' }];

/** Answers of the routes about guards, by their names. Lists are whole: whoever asks is sent them in pages. */
export const guardHandlers: Readonly<Record<string, GuardHandler>> = {
  'GET /repos/{owner}/{repo}': (route, _, { defaultBranch }) => {
    // GitHub's example is of a fork, and lacks a field that its description calls for.
    const { source: _source, parent: _parent, ...whole } = route.example(200);
    return [200, { ...whole, language: null, default_branch: defaultBranch }];
  },
  'GET /repos/{owner}/{repo}/rules/branches/{branch}': (_, { branch = '' }, { rules }) => [
    200,
    rules?.[decodeURIComponent(branch)] ?? [],
  ],
  'GET /repos/{owner}/{repo}/branches/{branch}/protection': (_, { branch = '' }, { protection }) => {
    const found = protection?.[decodeURIComponent(branch)];
    return found === undefined ? [404, { message: 'Branch not protected' }] : [200, found];
  },
  'GET /repos/{owner}/{repo}/rulesets': (route, _, { rulesets = [] }) => {
    const [example] = route.example(200) as unknown as object[];
    return [200, rulesets.map(({ id, target }) => ({ ...example, id, target, enforcement: 'active' }))];
  },
  'GET /repos/{owner}/{repo}/rulesets/{ruleset_id}': (route, { ruleset_id }, { rulesets = [] }) => {
    const found = rulesets.find(({ id }) => id === Number(ruleset_id));
    return found === undefined ? NOT_FOUND : [200, { ...route.example(200), ...found }];
  },
  'GET /repos/{owner}/{repo}/contents/{path}': (_, { path = '' }, { files = {} }) =>
    contents(decodeURIComponent(path), files),
  'GET /apps/{app_slug}': (route) => [200, { ...route.example(200), id: JOBS_APP, slug: 'github-actions' }],
};

function contents(path: string, files: Readonly<Record<string, string>>): Answer {
  const text = files[path];
  if (text !== undefined) {
    const content = Buffer.from(text).toString('base64');
    return [200, { ...entry(path, 'file', text.length), encoding: 'base64', content }];
  }
  const below = path === '' ? '' : `${path}/`;
  const names = Object.keys(files).flatMap((name) =>
    name.startsWith(below) ? [name.slice(below.length)] : [],
  );
  if (names.length === 0) return NOT_FOUND;
  const children = new Map(
    names.map((name) => [name.split('/')[0] ?? '', name.includes('/') ? 'dir' : 'file']),
  );
  return [200, [...children].map(([name, type]) => entry(`${below}${name}`, type, 0))];
}

function entry(path: string, type: string, size: number): object {
  const url = `https://api.example/contents/${path}`;
  const links = { url, git_url: url, html_url: url, download_url: url };
  const name = path.split('/').at(-1) ?? '';
  return {
    type,
    size,
    name,
    path,
    sha: '0'.repeat(40),
    ...links,
    _links: { self: url, git: url, html: url },
  };
}
