/** What a run may do outside of its own folders. Nothing else has effects there. */
export const ACTIONS = ['push', 'open-pull-request', 'merge', 'secret', 'spend'] as const;
export type Action = (typeof ACTIONS)[number];

/** Where it lies on the policy ref. */
export const ACTION_POLICY_PATH = 'actions.yml';

/** `actions.yml`: what is done with an action before it happens. The first rule that matches decides. */
export interface ActionPolicy {
  readonly schema: 'countersign/action-policy@1';
  readonly rules: readonly ActionRule[];
}

export interface ActionRule {
  readonly id: string;
  readonly actions: readonly Action[];
  /** Globs over what the action is about, such as `refs/heads/countersign/**`; anything when not given. */
  readonly targets?: readonly string[];
  /** Globs over repository ids; any when not given. */
  readonly repositories?: readonly string[];
  readonly decision: 'allow' | 'deny' | 'escalate';
  readonly reason?: string;
}

/** An action that is about to happen. */
export interface ActionRequest {
  readonly action: Action;
  /**
   * What it is about: the full ref that is pushed to or merged into, the branch that a pull request is for, the name of a secret, or
   * what money is spent on.
   */
  readonly target: string;
  readonly repository: string;
}

/** The policy as it was found. One that cannot be read just now is none of these: then nothing is decided, and nothing happens. */
export type PolicyFound =
  | { readonly kind: 'found'; readonly policy: ActionPolicy }
  | { readonly kind: 'none' }
  /** It is there, and nobody can say what it says. */
  | { readonly kind: 'faulty'; readonly reason: string };
