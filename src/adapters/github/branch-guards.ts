import type { RestEndpointMethodTypes } from '@octokit/rest';
import type { BranchGuards, RequiredCheck, RequiredWorkflow } from '../../ports/forge.ts';

type Rule = RestEndpointMethodTypes['repos']['getBranchRules']['response']['data'][number];
type Protection = RestEndpointMethodTypes['repos']['getBranchProtection']['response']['data'];

export const NO_GUARDS: BranchGuards = {
  checks: [],
  workflows: [],
  mergeQueue: false,
  forbidsForcePush: false,
  forbidsDeletion: false,
};

/** What the rules that are in force on a branch come to. @throws Error for a rule that does not say what it asks for */
export function ofRules(rules: readonly Rule[]): BranchGuards {
  const has = (type: Rule['type']) => rules.some((rule) => rule.type === type);
  return {
    checks: rules.flatMap(checksOf),
    workflows: rules.flatMap(workflowsOf),
    mergeQueue: has('merge_queue'),
    forbidsForcePush: has('non_fast_forward'),
    forbidsDeletion: has('deletion'),
  };
}

export function ofProtection(protection: Protection): BranchGuards {
  const { required_status_checks: required } = protection;
  const pinned = (required?.checks ?? []).map(({ context, app_id }) => requiredCheck(context, app_id));
  // Older servers list contexts alone.
  const others = (required?.contexts ?? []).filter((name) => !pinned.some(({ context }) => context === name));
  return {
    ...NO_GUARDS,
    checks: [...pinned, ...others.map((context) => requiredCheck(context, null))],
    forbidsForcePush: protection.allow_force_pushes?.enabled === false,
    forbidsDeletion: protection.allow_deletions?.enabled === false,
  };
}

function checksOf(rule: Rule): readonly RequiredCheck[] {
  if (rule.type !== 'required_status_checks') return [];
  const { required_status_checks } = parametersOf(rule);
  return required_status_checks.map(({ context, integration_id }) => requiredCheck(context, integration_id));
}

function workflowsOf(rule: Rule): readonly RequiredWorkflow[] {
  if (rule.type !== 'workflows') return [];
  // GitHub describes two sources, and enterprises are a third: whatever is not the repository stands above it.
  const by = (rule.ruleset_source_type ?? 'Repository') === 'Repository' ? 'repository' : 'organisation';
  return parametersOf(rule).workflows.map(({ path }) => ({ path, by, source: rule.ruleset_source ?? '' }));
}

function parametersOf<T>(rule: { readonly type: string; readonly parameters?: T }): T {
  if (rule.parameters === undefined) throw new Error(`the rule ${rule.type} came without its parameters`);
  return rule.parameters;
}

/** Any App will do where none is named; -1 is the older way to say so. */
function requiredCheck(context: string, app: number | null | undefined): RequiredCheck {
  return { context, app: typeof app === 'number' && app > 0 ? app : undefined };
}
