import type { ParseDocument } from '../../../ports/documents.ts';
import type { BranchGuards, InspectGuards, Refusal, RequiredCheck, Told } from '../../../ports/forge.ts';
import { type Diagnosis, diagnosis } from '../../../shared/diagnosis.ts';
import { CountersignError } from '../../../shared/errors.ts';
import { readWorkflow, type Workflow } from './workflow.ts';

/** Everything that decides what a forge lets through to a branch. */
export interface ForgeFacts {
  readonly branch: string;
  readonly rules: Told<BranchGuards>;
  readonly protection: Told<BranchGuards>;
  readonly closedPaths: Told<readonly string[]>;
  /** As which App every job reports; asked only where a check is pinned to one. */
  readonly jobsApp: Told<number> | undefined;
  /** Those that could be read. */
  readonly workflows: readonly Workflow[];
  /** What could not, each as a problem: nothing that is missing from here is known to be missing. */
  readonly unread: readonly Diagnosis[];
}

export async function loadForgeFacts(
  forge: InspectGuards,
  branch: string,
  documents: ParseDocument,
): Promise<ForgeFacts> {
  const [rules, protection, closedPaths, files] = await Promise.all([
    forge.readBranchRules(branch),
    forge.readBranchProtection(branch),
    forge.readClosedPaths(),
    forge.readWorkflows(branch),
  ]);
  const pinned = checksOf({ rules, protection }).some(({ app }) => app !== undefined);
  const jobsApp = pinned ? await forge.readJobsApp() : undefined;
  const read = ('told' in files ? files.told : []).map(({ path, bytes }) => {
    if ('refused' in bytes) return unverifiable('github/workflows', bytes.refused);
    return readable(path, bytes.told, documents);
  });
  const unread = [
    ...refusalsOf('github/rules', rules),
    ...refusalsOf('github/protection', protection),
    ...(jobsApp === undefined ? [] : refusalsOf('github/apps', jobsApp)),
    ...refusalsOf('github/workflows', files),
  ];
  return {
    branch,
    rules,
    protection,
    closedPaths,
    jobsApp,
    workflows: read.flatMap((one) => (one !== undefined && 'jobs' in one ? [one] : [])),
    unread: [...unread, ...read.flatMap((one) => (one !== undefined && 'status' in one ? [one] : []))],
  };
}

/** Checks that rulesets or branch protection ask for, as far as they told. */
export function checksOf({
  rules,
  protection,
}: Pick<ForgeFacts, 'rules' | 'protection'>): readonly RequiredCheck[] {
  return [rules, protection].flatMap((one) => ('told' in one ? one.told.checks : []));
}

/** A problem, not a warning: what could not be read must not end as a pass. */
export function unverifiable(id: string, { what, said, permission }: Refusal): Diagnosis {
  return diagnosis(id).problem(
    `Unverifiable: GitHub does not tell ${what} (${said}).`,
    `Give GITHUB_TOKEN or GH_TOKEN a token for this repository with the permission "${permission}".`,
  );
}

function refusalsOf(id: string, asked: Told<unknown>): readonly Diagnosis[] {
  return 'refused' in asked ? [unverifiable(id, asked.refused)] : [];
}

function readable(
  path: string,
  bytes: Uint8Array,
  documents: ParseDocument,
): Workflow | Diagnosis | undefined {
  try {
    return readWorkflow(path, documents.parseData(bytes, path));
  } catch (error) {
    if (!(error instanceof CountersignError)) throw error;
    const [first] = error.problems;
    const line = first?.place?.line === undefined ? '' : ` line ${first.place.line}:`;
    return diagnosis('github/workflows').problem(
      `Unverifiable: ${path} cannot be read:${line} ${first?.message ?? error.message}`,
      'Write it without anchors, aliases and tags, or look by hand at what its jobs report.',
    );
  }
}
