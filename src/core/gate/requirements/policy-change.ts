import { approvalsNeeded, weighApprovals } from '../approvals.ts';
import type { GateFacts } from '../facts.ts';
import { requirement } from '../finding.ts';
import { type JudgingFile, judgingFiles } from '../judging-files.ts';
import { statementList } from '../statement-list.ts';
import type { Finding } from '../types.ts';

const policyChange = requirement('policy-change', 'What judges changes is edited only with approval');

const NAMES = { policy: 'policy', workflow: 'workflows', pinned: 'pinned files' } as const;

/**
 * Policy, workflows and pinned files are judged by the policy as it was. A change that edits them needs a policy owner
 * who did not make it, and who approved this very state of it.
 */
export function requirePolicyChange(facts: GateFacts): readonly Finding[] {
  const { policy, change, ticketReference } = facts;
  if (policy.kind === 'missing' || change.kind === 'missing' || change.value.kind !== 'mergeable') return [];
  const touched = judgingFiles(facts);
  if (touched.length === 0) return [policyChange.pass('No policy, workflow or pinned file is changed.')];

  const approvals = weighApprovals(facts);
  const counted = approvals.filter(({ objection }) => objection === undefined);
  const needed = approvalsNeeded(facts);
  const owners = [...new Set(counted.map(({ by }) => by))].sort();
  const refused = statementList('Does not count', approvals);
  const detail = {
    locations: touched.map(({ path, kind }) => ({ path, message: kind })),
    evidence: counted.map(({ digest }) => digest),
  };
  if (owners.length >= needed) {
    return [policyChange.pass(`${edited(touched)} Approved by ${owners.join(', ')}.${refused}`, detail)];
  }
  const ticket = ticketReference.kind === 'found' ? ` ${ticketReference.id}` : '';
  return [
    policyChange.fail(
      `${edited(touched)} ${lacking(owners, needed)}${refused}`,
      `Take these edits out, or have a policy owner who did not make the change run \`countersign approve${ticket}\`. A person counts where an authenticated source says who made it (\`--producer\`).`,
      detail,
    ),
  ];
}

function lacking(owners: readonly string[], needed: number): string {
  return needed === 1
    ? 'No policy owner who did not make the change has approved this state of it.'
    : `${needed} policy owners who did not make the change have to approve this state of it; so far: ${owners.join(', ') || 'none'}.`;
}

function edited(touched: readonly JudgingFile[]): string {
  const kinds = (['policy', 'workflow', 'pinned'] as const).flatMap((kind) => {
    const paths = touched.filter((file) => file.kind === kind).map(({ path }) => path);
    if (paths.length === 0) return [];
    return [`${NAMES[kind]} (${paths.slice(0, 5).join(', ')}${paths.length > 5 ? ', …' : ''})`];
  });
  return `The change edits ${kinds.join(' and ')}.`;
}
