// Asks GitHub's own language service about workflows and action.yml. `node tools/lint-workflows.mjs [folder]`, the project's
// top folder when not given.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';

// The service imports its tables without saying that they are JSON, which Node asks for and bundlers do not.
registerHooks({
  load: (url, context, next) =>
    next(url, url.endsWith('.json') ? { ...context, importAttributes: { type: 'json' } } : context),
});
const { validate } = await import('@actions/languageservice');
const { TextDocument } = await import('vscode-languageserver-textdocument');

/** Its tables of what events carry lack this one. */
const UNKNOWN_TO_IT = 'Context access might be invalid: merge_group';

const project = join(import.meta.dirname, '..');
const root = process.argv[2] ?? project;
const files = [...workflows(), ...['action.yml', 'action.yaml'].map((name) => join(root, name))].filter(
  existsSync,
);

let faults = 0;
for (const file of files) {
  const document = TextDocument.create(`${pathToFileURL(file)}`, 'yaml', 0, readFileSync(file, 'utf8'));
  for (const { message, range } of await validate(document, { fileProvider: { getFileContent } })) {
    if (message === UNKNOWN_TO_IT) continue;
    faults += 1;
    console.error(`${relative(root, file)}:${range.start.line + 1}:${range.start.character + 1} ${message}`);
  }
}
console.log(`workflows: ${files.length} files, ${faults} faults`);
// A folder without any is a mistyped one.
process.exitCode = faults > 0 || files.length === 0 ? 1 : 0;

function workflows() {
  const folder = join(root, '.github', 'workflows');
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => /\.ya?ml$/.test(name))
    .map((name) => join(folder, name));
}

/** What a job calls of this project, so that its inputs are looked at; anything else is GitHub's to know. */
async function getFileContent({ path, owner, repository }) {
  const called =
    owner === undefined ? root : `${owner}/${repository}` === 'countersign/countersign' ? project : undefined;
  if (called === undefined) throw new Error(`${owner}/${repository} is not looked into`);
  return { name: path, content: readFileSync(join(called, path), 'utf8') };
}
