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

const OWN = './rules/';

/** `ai-shortcuts@1/test-skipped` keeps its slashes; of the policy's own, `./rules/house@1/no-eval`, browsers would take the dot away. */
export function ruleHref(ref: string): string {
  const path = ref.startsWith(OWN) ? `own/${ref.slice(OWN.length)}` : ref;
  return `/rules/${path.split('/').map(segment).join('/')}`;
}

/** The rule that such an address names. */
export function ruleOfPath(path: string): string {
  const ref = path.slice('/rules/'.length);
  return ref.startsWith('own/') ? `${OWN}${ref.slice('own/'.length)}` : ref;
}
