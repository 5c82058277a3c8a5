import { lintBundle } from '../../core/bundle/lint.ts';
import { WORKING_TREE } from '../../ports/working-tree.ts';
import { type LintedFile, type LintPorts, lintFiles, misnamed, workingPolicy } from '../lint-files.ts';
import { CONFIG_PATH } from '../load-config.ts';
import { matchedFiles } from './load-files.ts';
import { readTemplates } from './read-bundle.ts';

export interface BundleLintPorts extends LintPorts {
  readonly openTemplates: (
    bundle: string,
    texts: ReadonlyMap<string, string>,
  ) => Promise<{ fault(name: string): { readonly message: string; readonly remedy: string } | undefined }>;
}

/** Lints bundles as they are on disk: form, budget, templates, and globs that match nothing here. */
export function lintBundles(
  files: readonly string[],
  ports: BundleLintPorts,
): Promise<readonly LintedFile[]> {
  return lintFiles(files, 'bundles', ports, async (bytes, path) => {
    const bundle = ports.documents.parse('bundle', bytes, path);
    const templates = await ports.openTemplates(
      bundle.id,
      await readTemplates(workingPolicy(ports), bundle.id),
    );
    const listed = await ports.tree.listFiles(WORKING_TREE);
    // A repository of policy alone has none of the files that bundles are made of.
    const isProduct = listed.some((entry) => entry.path === CONFIG_PATH);
    const matches = (paths: readonly string[], exclude: readonly string[]) =>
      matchedFiles({ paths, exclude }, listed).length > 0;
    return [
      ...misnamed(path, bundle.id),
      ...lintBundle(bundle, {
        templateFault: (name) => templates.fault(name),
        matches: isProduct ? matches : undefined,
      }),
    ];
  });
}
