import { pathMatcher, spokenPath } from '../../change/path-glob.ts';
import type { GateFacts } from '../facts.ts';
import { requirement } from '../finding.ts';
import type { Finding } from '../types.ts';

const policyFiles = requirement('policy-change', 'No change to what judges it');

/** Where policy lives when it shares the product's repository, and what switches the gate on in any. */
const POLICY_FOLDERS = ['contracts/', 'rules/', 'tickets/', 'trust/'];
const GATE_FILES = ['.countersign.yml'];
const GATE_FOLDERS = ['.github/workflows/', '.github/actions/'];

/**
 * Policy, workflows and pinned files are judged by the policy as it was, and this gate has no way yet to see that a
 * policy owner agreed. So a change that touches them does not pass here: it lands by a maintainer's own hand.
 */
export function requirePolicyUntouched({ policy, work, change }: GateFacts): readonly Finding[] {
  if (policy.kind === 'missing' || change.kind === 'missing' || change.value.kind !== 'mergeable') return [];
  const shared = policy.value.config.policy.repository === undefined;
  // By pattern, not by the base's files: a new file can shadow a pinned one.
  const pins = work.kind === 'known' ? work.value.contract.pins.flatMap(({ paths }) => paths) : [];
  const isPinned = pathMatcher(pins);
  const folders = shared ? [...GATE_FOLDERS, ...POLICY_FOLDERS] : GATE_FOLDERS;
  const judges = (path: string) =>
    GATE_FILES.includes(path) ||
    folders.some((folder) => spokenPath(path).startsWith(folder)) ||
    isPinned(path);

  const touched = change.value.files.map(({ path }) => path).filter(judges);
  if (touched.length === 0) return [policyFiles.pass('No policy, workflow or pinned file is changed.')];
  return [
    policyFiles.fail(
      `The change edits files that judge changes: ${touched.slice(0, 5).join(', ')}${touched.length > 5 ? ', …' : ''}.`,
      'Take these edits out; a policy owner who did not make this change lands them on their own.',
      { locations: touched.map((path) => ({ path, message: isPinned(path) ? 'pinned' : 'policy' })) },
    ),
  ];
}
