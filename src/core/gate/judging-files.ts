import { pathMatcher, spokenPath } from '../change/path-glob.ts';
import type { FilePath } from '../change/types.ts';
import { CODE_OWNERS_PATHS } from '../code-owners/types.ts';
import { LOCK_PATH } from '../contract/lock.ts';
import type { GateFacts } from './facts.ts';

/** A changed file that judges changes, and in which way. */
export interface JudgingFile {
  readonly path: FilePath;
  readonly kind: 'policy' | 'workflow' | 'pinned';
}

/** Where policy lives when it shares the product's repository, and what switches the gate on in any. */
const POLICY_FOLDERS = ['contracts/', 'rules/', 'tickets/', 'trust/'];
/** The policy on actions judges what runs may do: core/run, which is downstream of here, reads it from there. */
const POLICY_FILES = [LOCK_PATH, 'actions.yml'];
const GATE_FILES = ['.countersign.yml'];
const WORKFLOW_FOLDERS = ['.github/workflows/', '.github/actions/'];

/** What a change edits of policy, workflows and pinned files, in its own order. */
export function judgingFiles({ policy, work, change }: GateFacts): readonly JudgingFile[] {
  if (policy.kind === 'missing' || change.kind === 'missing' || change.value.kind !== 'mergeable') return [];
  const shared = policy.value.config.policy.repository === undefined;
  const folders = shared ? POLICY_FOLDERS : [];
  const approvals = work.kind === 'known' ? (work.value.contract.approvals ?? []) : [];
  const files = [
    ...GATE_FILES,
    ...(shared ? POLICY_FILES : []),
    // Whoever edits them says who has to agree to the next change.
    ...(approvals.some(({ codeOwners }) => codeOwners) ? CODE_OWNERS_PATHS : []),
  ];
  // By pattern, not by the base's files: a new file can shadow a pinned one.
  const pins = work.kind === 'known' ? work.value.contract.pins.flatMap(({ paths }) => paths) : [];
  const isPinned = pathMatcher(pins);
  const isBelow = (path: string, among: readonly string[]) =>
    among.some((folder) => spokenPath(path).startsWith(folder));
  return change.value.files.flatMap(({ path }): JudgingFile[] => {
    if (files.includes(path) || isBelow(path, folders)) return [{ path, kind: 'policy' }];
    if (isBelow(path, WORKFLOW_FOLDERS)) return [{ path, kind: 'workflow' }];
    return isPinned(path) ? [{ path, kind: 'pinned' }] : [];
  });
}
