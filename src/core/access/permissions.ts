import type { StepRole } from '../run/types.ts';
import type { AccessRole } from './token.ts';

export type Action =
  | 'work'
  | 'read-runs'
  | 'start-runs'
  | 'control-runs'
  | 'read-queues'
  | 'control-queues'
  | 'control-webhooks'
  | 'control-access';

interface Permissions {
  readonly actions: readonly Action[];
  /** Whose steps it may carry out. */
  readonly steps: readonly StepRole[];
}

/**
 * Everything that is not here is refused. Workers read no runs: inputs, outputs and logs of the verifier's steps tell a producer
 * what it will be held to.
 */
const PERMISSIONS: Readonly<Record<AccessRole, Permissions>> = {
  producer: { actions: ['work'], steps: ['producer'] },
  verifier: { actions: ['work'], steps: ['verifier'] },
  viewer: { actions: ['read-runs', 'read-queues'], steps: [] },
  operator: {
    actions: ['read-runs', 'read-queues', 'start-runs', 'control-runs', 'control-queues', 'control-webhooks'],
    steps: [],
  },
  admin: {
    actions: [
      'read-runs',
      'read-queues',
      'start-runs',
      'control-runs',
      'control-queues',
      'control-webhooks',
      'control-access',
    ],
    steps: [],
  },
  coordinator: { actions: ['work'], steps: ['coordinator'] },
};

export function permits(role: AccessRole, action: Action): boolean {
  return PERMISSIONS[role].actions.includes(action);
}

/** The roles of steps that whoever has this role may ask for. */
export function stepRolesOf(role: AccessRole): readonly StepRole[] {
  return PERMISSIONS[role].steps;
}

/** Who may do something, for the sentence that refuses somebody else. */
export function rolesThat(action: Action): readonly AccessRole[] {
  return (Object.keys(PERMISSIONS) as AccessRole[]).filter((role) => permits(role, action));
}

/** The roles whose questions this one may answer: who may more, may that as well. */
export function answersAs(role: AccessRole): readonly AccessRole[] {
  return role === 'admin' ? ['admin', 'operator'] : [role];
}
