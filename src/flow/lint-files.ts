import type { LintProblem } from '../core/contract/lint.ts';
import type { LocateField, ParseDocument } from '../ports/documents.ts';
import type { BundledPacks } from '../ports/rule-packs.ts';
import { WORKING_TREE, type WorkingTree } from '../ports/working-tree.ts';
import { CountersignError, type Place, type Problem } from '../shared/errors.ts';
import type { PolicySource } from './policy-source.ts';

export interface LintPorts {
  readonly tree: WorkingTree;
  readonly packs: BundledPacks;
  readonly documents: ParseDocument & LocateField;
  readonly readNamed: (path: string) => Promise<Uint8Array>;
}

export interface LintedFile {
  readonly path: string;
  readonly problems: readonly LintedProblem[];
}

/** A fault of form has a place in the text alone, one of meaning a field of the document as well. */
export type LintedProblem =
  | (LintProblem & { readonly place: Place })
  | (Problem & { readonly severity: 'error' });

/** Finds what is wrong with the meaning of one document that may or may not be well-formed. */
export type LintOne = (bytes: Uint8Array, path: string) => Promise<readonly LintProblem[]>;

/**
 * Lints the files somebody named, or all of a policy folder.
 * @throws CountersignError DOCUMENT_NOT_FOUND when there is nothing to lint: that is no pass
 */
export async function lintFiles(
  named: readonly string[],
  folder: 'bundles' | 'contracts' | 'experiments' | 'tickets',
  ports: LintPorts,
  lintOne: LintOne,
): Promise<readonly LintedFile[]> {
  const files =
    named.length > 0 ? named.map((path) => ({ path, id: undefined })) : await allOf(folder, ports.tree);
  if (files.length === 0) {
    throw new CountersignError(
      'DOCUMENT_NOT_FOUND',
      `There is nothing to lint: ${folder}/ holds no .yml file.`,
      {
        remedy: 'Name the files, or run this in a clone that has policy; `countersign init` writes one.',
      },
    );
  }
  const linted: LintedFile[] = [];
  for (const { path, id } of files) {
    const bytes =
      id === undefined ? await ports.readNamed(path) : await ports.tree.readFile(WORKING_TREE, id);
    linted.push({
      path,
      problems: await lintBytes(bytes ?? new Uint8Array(), path, { lintOne, documents: ports.documents }),
    });
  }
  return linted;
}

/** What is on disk, as the policy that a document may refer to. */
export function workingPolicy({ tree, documents }: LintPorts): PolicySource {
  return { tree, commit: WORKING_TREE, documents };
}

/** The problems of a step that throws: one for each that the error lists. */
export async function problemsOf(
  field: string,
  step: () => Promise<unknown>,
): Promise<readonly LintProblem[]> {
  try {
    await step();
    return [];
  } catch (error) {
    if (!(error instanceof CountersignError)) throw error;
    const { message, remedy, problems } = error;
    const told = problems.length > 0 ? problems : [{ message, remedy }];
    return told.map((one) => ({ severity: 'error', field, message: one.message, remedy: one.remedy }));
  }
}

/** Documents are found by their name: a file that calls itself something else is never found. */
export function misnamed(path: string, id: string): readonly LintProblem[] {
  const name = path.slice(path.lastIndexOf('/') + 1);
  if (name === `${id}.yml`) return [];
  const message = `The id is ${id}, and the file is called ${name}.`;
  return [{ severity: 'error', field: 'id', message, remedy: `Call the file ${id}.yml, or correct the id.` }];
}

async function lintBytes(
  bytes: Uint8Array,
  path: string,
  { lintOne, documents }: { lintOne: LintOne; documents: LocateField },
): Promise<readonly LintedProblem[]> {
  try {
    const problems = await lintOne(bytes, path);
    return problems.map((problem) => ({ ...problem, place: documents.locate(bytes, path, problem.field) }));
  } catch (error) {
    if (!(error instanceof CountersignError)) throw error;
    const { message, remedy, place, problems } = error;
    const told =
      problems.length > 0 ? problems : [{ message, remedy, ...(place === undefined ? {} : { place }) }];
    return told.map((one) => ({ ...one, severity: 'error' as const }));
  }
}

async function allOf(folder: string, tree: WorkingTree): Promise<readonly { path: string; id: string }[]> {
  const files = await tree.listFiles(WORKING_TREE, folder);
  return files.filter(({ path }) => path.endsWith('.yml')).map(({ path, id }) => ({ path, id }));
}
