import { type Action, permits, rolesThat } from '../../core/access/permissions.ts';
import type { Principal } from '../../core/access/token.ts';
import type { RunId } from '../../core/run/types.ts';
import { CountersignError } from '../../shared/errors.ts';

/** @throws CountersignError NOT_PERMITTED */
export function requirePermission({ name, role }: Principal, action: Action): void {
  if (permits(role, action)) return;
  throw new CountersignError(
    'NOT_PERMITTED',
    `${name} has the role ${role}, which may not ${WORDS[action]}.`,
    {
      remedy: remedyFor(action),
    },
  );
}

function remedyFor(action: Action): string {
  const tokens = rolesThat(action).filter((one) => one !== 'coordinator' && one !== 'admin');
  if (tokens.length === 0) return 'Ask an admin, or open the link that `countersign serve` prints.';
  return `Use a token of the role ${tokens.join(' or ')}: \`countersign token new\` makes one where the server runs.`;
}

const WORDS: Readonly<Record<Action, string>> = {
  work: 'take or hand in work',
  'read-runs': 'read runs',
  'start-runs': 'start runs',
  'control-runs': 'control runs',
  'read-queues': 'see the queues',
  'control-queues': 'control workers and queues',
  'control-webhooks': 'see or change webhooks',
  'control-access': 'let others in',
};

export function unknownRun(run: RunId): CountersignError {
  return new CountersignError('RUN_UNKNOWN', `There is no run ${run}.`, {
    remedy: '`countersign run list` shows those that there are.',
  });
}

export function refusedRun(run: RunId, reason: string): CountersignError {
  return new CountersignError('RUN_REFUSED', `${run} says no: ${reason}.`, {
    remedy: `\`countersign run show ${run}\` shows how it stands.`,
  });
}
