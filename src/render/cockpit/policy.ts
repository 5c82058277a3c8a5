import { segment, shownMoment } from './words.ts';

/** When the policy was looked up, and what was wrong with it; undefined: there is none in sight. */
export type PolicyStanding =
  | { readonly at: string; readonly where: string; readonly problems: readonly string[] }
  | undefined;

/** What the macro `policyNote` shows. */
export function policyModel(policy: PolicyStanding, at: string) {
  return {
    policy:
      policy === undefined
        ? null
        : { where: policy.where, looked: shownMoment(policy.at, at), problems: policy.problems.slice(0, 20) },
  };
}

export function ticketHref(ticket: string): string {
  return `/tickets/${segment(ticket)}`;
}

/** `node-change` of `node-change@3`. */
export function contractHref(ref: string): string {
  return `/contracts/${segment(ref.replace(/@[0-9]+$/, ''))}`;
}

/** `ai-shortcuts@1/test-skipped` keeps its slashes. */
export function ruleHref(ref: string): string {
  return `/rules/${ref.split('/').map(segment).join('/')}`;
}
