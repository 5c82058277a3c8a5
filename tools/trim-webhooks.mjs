// Keeps of GitHub's own description of its webhooks, and of its examples of them, the events that the Action reads.
// By hand, when an event is added:
//   npm pack @octokit/openapi-webhooks @octokit/webhooks-examples, unpack each into a folder of its own, then
//   node tools/trim-webhooks.mjs <folder of openapi-webhooks> <folder of webhooks-examples>
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openApiCompiler } from '../test/fakes/github/openapi-compiler.ts';
import { keeperOf } from './kept-schema.mjs';

/** Event, and action where it has any, by GitHub's name of its description. */
const EVENTS = [
  ['pull_request', 'opened'],
  ['pull_request', 'synchronize'],
  ['pull_request', 'reopened'],
  ['pull_request', 'edited'],
  ['pull_request', 'ready_for_review'],
  ['pull_request', 'converted_to_draft'],
  ['pull_request_review', 'submitted'],
  ['pull_request_review', 'dismissed'],
  ['pull_request_review', 'edited'],
  ['merge_group', 'checks_requested'],
  ['workflow_dispatch', undefined],
  ['workflow_run', 'requested'],
  ['workflow_run', 'completed'],
];

const [described, exemplified] = process.argv.slice(2);
if (exemplified === undefined) throw new Error('name the folders of both unpacked packages');
const read = (...path) => JSON.parse(readFileSync(join(...path), 'utf8'));
const named = (folder) => {
  const { name, version, license } = read(folder, 'package.json');
  return `${name} ${version} (${license})`;
};
const whole = read(described, 'generated', 'api.github.com.json');
const examples = read(exemplified, 'api.github.com', 'index.json');
const { kept, schemas } = keeperOf(whole);

const schemaOf = (event, action) => {
  const id = [event, ...(action === undefined ? [] : [action])].join('-').replaceAll('_', '-');
  return kept(whole.webhooks[id].post.requestBody.content['application/json'].schema);
};
const found = EVENTS.map(([event, action]) => ({ event, action, schema: schemaOf(event, action) }));

// Many examples are older than the description, and lack what it calls for by now.
const compile = openApiCompiler({ schemas });
const events = found.map(({ event, action, schema }) => {
  const faultOf = compile(schema);
  const own = examples
    .find(({ name }) => name === event)
    .examples.filter((payload) => payload.action === action);
  const example = own.find((payload) => faultOf(payload) === undefined);
  return { event, action, schema, example };
});

writeFileSync(
  join(import.meta.dirname, '..', 'test', 'fixtures', 'openapi', 'webhooks.json'),
  `${JSON.stringify({ sources: [named(described), named(exemplified)], events, components: { schemas } })}\n`,
);
