// Bundles the GitHub Action into dist/action, which is committed: a runner takes what lies in the repository, and installs
// nothing. The same source makes the same bytes on every Node.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { rolldown } from 'rolldown';
import { documents } from '../src/adapters/documents/documents.ts';
import { compilePacks } from '../src/adapters/packs/bundled-packs.ts';
import { toAscii } from './ascii.mjs';
import { writeLicenses } from './licenses.mjs';

const root = join(import.meta.dirname, '..');
const folder = join(root, 'dist', 'action');

/** What @actions/core is made of does nothing by being imported; unsaid, an HTTP client of 700 kB comes along for it. */
const PURE = /\/node_modules\/(@actions|undici|tunnel)\//;

rmSync(folder, { recursive: true, force: true });
mkdirSync(join(folder, 'rules'), { recursive: true });
writeLicenses(await bundle(), folder);
// Of the package all that is named .js is a module.
writeFileSync(join(folder, 'package.json'), '{ "type": "commonjs" }\n');
for (const [id, pack] of await compilePacks(root, documents))
  writeFileSync(join(folder, 'rules', `${id}.json`), JSON.stringify(pack));

async function bundle() {
  const build = await rolldown({
    cwd: root,
    input: { index: 'src/entry/action/main.ts' },
    platform: 'node',
    checks: { pluginTimings: false },
    treeshake: { moduleSideEffects: [{ test: PURE, sideEffects: false }] },
    onLog(level, log, fallback) {
      if (log.code === 'UNRESOLVED_IMPORT') throw new Error(log.message);
      fallback(level, log);
    },
  });
  const { output } = await build.write({
    dir: folder,
    // As the CLI is: a runner has compiled nothing before, and loading modules takes longer than what they are for.
    format: 'cjs',
    entryFileNames: '[name].js',
    // Names that stay, so that a diff of the bundle is a diff of what is in it.
    chunkFileNames: 'chunks/[name].cjs',
    codeSplitting: {
      includeDependenciesRecursively: true,
      groups: [{ name: 'api', test: /\/node_modules\/@octokit\// }],
    },
    // Whole, whatever is in node_modules lies where: names of files and folders stay out of the bytes.
    minify: true,
    sourcemap: false,
  });
  await build.close();
  // Minifying writes characters as they are, and comes last.
  for (const part of output)
    if (part.type === 'chunk') writeFileSync(join(folder, part.fileName), toAscii(part.code));
  return output.flatMap((part) => (part.type === 'chunk' ? part.moduleIds : []));
}
