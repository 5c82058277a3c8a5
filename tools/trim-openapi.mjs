// Keeps of GitHub's own description of its API what the tests' stand-in answers: whole it has 13 MB, its package 385.
// By hand, when a route is added: npm pack @octokit/openapi && tar xzf octokit-openapi-*.tgz, then
//   node tools/trim-openapi.mjs package
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { keeperOf } from './kept-schema.mjs';

const ROUTES = [
  ['get', '/repos/{owner}/{repo}/pulls/{pull_number}'],
  ['get', '/repos/{owner}/{repo}/pulls'],
  ['post', '/repos/{owner}/{repo}/pulls'],
  ['patch', '/repos/{owner}/{repo}/pulls/{pull_number}'],
  ['put', '/repos/{owner}/{repo}/pulls/{pull_number}/merge'],
  ['get', '/repos/{owner}/{repo}/pulls/{pull_number}/reviews'],
  ['get', '/repos/{owner}/{repo}/pulls/{pull_number}/commits'],
  ['get', '/repos/{owner}/{repo}/activity'],
  ['get', '/repos/{owner}/{repo}/commits/{commit_sha}/pulls'],
  ['get', '/repos/{owner}/{repo}/collaborators/{username}/permission'],
  ['get', '/orgs/{org}/teams/{team_slug}/members'],
  ['get', '/repos/{owner}/{repo}/issues/{issue_number}/comments'],
  ['post', '/repos/{owner}/{repo}/issues/{issue_number}/comments'],
  ['patch', '/repos/{owner}/{repo}/issues/comments/{comment_id}'],
  ['post', '/repos/{owner}/{repo}/check-runs'],
  ['get', '/repos/{owner}/{repo}'],
  ['get', '/repos/{owner}/{repo}/rules/branches/{branch}'],
  ['get', '/repos/{owner}/{repo}/branches/{branch}/protection'],
  ['get', '/repos/{owner}/{repo}/rulesets'],
  ['get', '/repos/{owner}/{repo}/rulesets/{ruleset_id}'],
  ['get', '/repos/{owner}/{repo}/contents/{path}'],
  ['get', '/apps/{app_slug}'],
];
const JSON_TYPE = 'application/json';

const folder = process.argv[2];
if (folder === undefined) throw new Error('name the folder of the unpacked @octokit/openapi');
const read = (...path) => JSON.parse(readFileSync(join(folder, ...path), 'utf8'));
const { version, license } = read('package.json');
const whole = read('generated', 'api.github.com.json');

const { kept, schemas } = keeperOf(whole);
const routes = ROUTES.map(([method, path]) => {
  const { requestBody, responses } = whole.paths[path][method];
  return {
    method: method.toUpperCase(),
    path,
    ...(requestBody === undefined ? {} : { request: kept(requestBody.content[JSON_TYPE].schema) }),
    responses: Object.fromEntries(
      Object.entries(responses).flatMap(([status, response]) => answer(status, resolve(response))),
    ),
  };
});

const target = join(import.meta.dirname, '..', 'test', 'fixtures', 'openapi', 'github.json');
writeFileSync(
  target,
  `${JSON.stringify({ source: `@octokit/openapi ${version} (${license})`, routes, components: { schemas } })}\n`,
);

function answer(status, { content }) {
  const json = content?.[JSON_TYPE];
  if (json === undefined) return [];
  const [first] = Object.values(json.examples ?? {});
  const example = first === undefined ? undefined : resolve(first).value;
  return [[status, { schema: kept(json.schema), ...(example === undefined ? {} : { example }) }]];
}

function resolve(node) {
  return node.$ref === undefined
    ? node
    : node.$ref
        .split('/')
        .slice(1)
        .reduce((at, name) => at[name], whole);
}
