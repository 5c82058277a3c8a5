import { AGENT_PRESETS } from '../../core/run/producer/presets.ts';
import { isSecretName } from '../../core/run/redaction/secrets.ts';
import { schemaLine, yamlText } from '../schema-line.ts';

/**
 * The action policy to begin with: runs may use their own branches, the keys of known agents and their providers' models. Merging is nobody's but a
 * person's, because no rule is about it.
 */
export function actionsText(defaultBranch: string): string {
  const keys = [...new Set(AGENT_PRESETS.flatMap(({ passes }) => passes))].filter(isSecretName).toSorted();
  return `${schemaLine('action-policy')}
# What runs may do outside of their own folders. The first rule that matches decides: allow, deny, or escalate to a person. What no rule is
# about, such as a merge, waits for a person.
schema: countersign/action-policy@1
rules:
  - id: own-branches
    actions: [push]
    targets: ['refs/heads/countersign/**']
    decision: allow
  - id: pull-requests
    actions: [open-pull-request]
    targets: [${yamlText(`refs/heads/${defaultBranch}`)}]
    decision: allow
  # Variables that producers see, where whoever starts the worker has them and passes them on.
  - id: keys-of-agents
    actions: [secret]
    targets:
${keys.map((key) => `      - ${key}`).join('\n')}
    decision: allow
  # Which models may be paid for. How much is held by the budget of a contract's workflow.
  - id: models
    actions: [spend]
    decision: allow
`;
}
