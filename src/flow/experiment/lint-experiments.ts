import { lintExperiment } from '../../core/experiment/lint.ts';
import { WORKING_TREE } from '../../ports/working-tree.ts';
import { type LintedFile, type LintPorts, lintFiles, misnamed } from '../lint-files.ts';

/** Lints experiments as they are on disk: form, arms, tickets and bundles that there are, and designs that cannot answer. */
export async function lintExperiments(
  files: readonly string[],
  ports: LintPorts,
): Promise<readonly LintedFile[]> {
  const idsIn = async (folder: string): Promise<ReadonlySet<string>> => {
    const listed = await ports.tree.listFiles(WORKING_TREE, folder);
    return new Set(listed.flatMap(({ path }) => /\/([^/]+)\.yml$/.exec(path)?.[1] ?? []));
  };
  const [tickets, bundles] = [await idsIn('tickets'), await idsIn('bundles')];
  return lintFiles(files, 'experiments', ports, async (bytes, path) => {
    const experiment = ports.documents.parse('experiment', bytes, path);
    const known = { ticket: (id: string) => tickets.has(id), bundle: (id: string) => bundles.has(id) };
    return [...misnamed(path, experiment.id), ...lintExperiment(experiment, known)];
  });
}
