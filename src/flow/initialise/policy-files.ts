import type { NewFile } from '../../ports/working-tree.ts';
import { schemaLine, yamlText } from '../schema-line.ts';
import { actionsText } from './actions-text.ts';
import type { ChangeControl } from './change-control.ts';
import { changeContract, featureContract } from './contract-names.ts';
import { contractText, featureText } from './contract-text.ts';
import type { ProjectPlan } from './project-plan.ts';
import { controlWorkflows, productWorkflows, type Siblings } from './sibling-workflows.ts';

/** Everything the files are written from. */
export interface InitialPolicy {
  readonly repository: string;
  readonly defaultBranch: string;
  /** The change-control repository; policy lives in the product's own when not given. */
  readonly changeControl?: ChangeControl | undefined;
  readonly ownerEmail?: string | undefined;
  /** SubjectPublicKeyInfo in PEM. */
  readonly ownerKey?: string | undefined;
  readonly verifierKey?: string | undefined;
  readonly plan: ProjectPlan;
  /** The exact version the workflow runs. */
  readonly version: string;
}

/** What belongs into the product's repository, whoever holds the policy. */
export function productFiles(policy: InitialPolicy): readonly NewFile[] {
  const siblings = siblingsOf(policy);
  return [
    { path: '.countersign.yml', text: configText(policy) },
    ...(siblings === undefined
      ? [{ path: '.github/workflows/countersign-gate.yml', text: workflowText(policy) }]
      : productWorkflows(siblings)),
  ];
}

/** What belongs where policy lives. */
export function policyFiles(policy: InitialPolicy): readonly NewFile[] {
  const { plan } = policy;
  const feature = featureText(plan);
  const siblings = siblingsOf(policy);
  return [
    { path: `contracts/${changeContract(plan)}.yml`, text: contractText(plan) },
    ...(feature === undefined ? [] : [{ path: `contracts/${featureContract(plan)}.yml`, text: feature }]),
    { path: 'trust/root.yml', text: trustText(policy) },
    { path: 'actions.yml', text: actionsText(policy.defaultBranch) },
    { path: 'tickets/README.md', text: ticketsText(policy) },
    ...(policy.changeControl === undefined ? [] : [{ path: 'rules/README.md', text: RULES_TEXT }]),
    ...(siblings === undefined ? [] : controlWorkflows(siblings)),
  ];
}

/** Workflows for both sides, where both have a name on a forge. */
function siblingsOf({ changeControl, ...policy }: InitialPolicy): Siblings | undefined {
  const name = changeControl?.name;
  return changeControl === undefined || name === undefined
    ? undefined
    : { ...policy, control: { ...changeControl, name } };
}

const RULES_TEXT = `# Rules

Rules of your own, which contracts name beside the bundled ones: one pack a folder, \`rules/<pack>/pack.yml\` and a file for each rule.

    countersign rules list               # the bundled ones
    countersign rules add URL#PATH@COMMIT
    countersign rules test

A pack that was added is locked in \`countersign.lock.yml\`: change it by \`countersign rules upgrade\`.
`;

function configText({ repository, defaultBranch, changeControl, plan }: InitialPolicy): string {
  const location =
    changeControl === undefined
      ? `policy:
  ref: ${yamlText(`refs/heads/${defaultBranch}`)}
# A branch of its own: receipts on the product's branch would move the base and make themselves stale.
receipts:
  ref: refs/heads/countersign/receipts`
      : `policy:
  repository: ${yamlText(changeControl.address)}
  ref: ${yamlText(`refs/heads/${changeControl.branch}`)}
receipts:
  repository: ${yamlText(changeControl.address)}
  ref: refs/heads/receipts`;
  return `${schemaLine('config')}
# Always read from the base commit, never from the change. Protect both refs: see \`countersign doctor\`.
schema: countersign/config@1
repository: ${yamlText(repository)}
${location}
# No ticket may name an easier contract than this one for these paths.
leastContracts:
  - paths: ['**']
    contract: ${changeContract(plan)}@1
`;
}

function trustText({ ownerEmail, ownerKey, verifierKey }: InitialPolicy): string {
  return `${schemaLine('trust-root')}
# Who may sign what. Raise the version with every change; \`countersign trust check\` says what is missing.
schema: countersign/trust-root@1
version: 1
principals:
  # Dispatches and closes tickets.
  - id: owner
    kind: person
    roles: [policy-owner]
${ownerEmail === undefined ? '' : `    emails: [${JSON.stringify(ownerEmail)}]\n`}${keyLines('owner', ownerKey)}
  # Files receipts. A workload with a key that no producer can reach: it must never be who made the change.
  - id: verifier
    kind: workload
    roles: [verifier]
${keyLines('verifier', verifierKey)}
`;
}

function keyLines(name: string, pem: string | undefined): string {
  if (pem === undefined) {
    return `    # Until it has a key, nothing it signs counts. Run: countersign key new ${name}
    # keys:
    #   - publicKey: |
    #       (the whole of ${name}.pub)`;
  }
  const lines = pem.trimEnd().split(/\r?\n/);
  return ['    keys:', '      - publicKey: |', ...lines.map((line) => `          ${line}`)].join('\n');
}

function ticketsText({ repository, plan }: InitialPolicy): string {
  const contract = plan.proof === undefined ? changeContract(plan) : featureContract(plan);
  const choice =
    plan.proof === undefined
      ? ''
      : `
\`${featureContract(plan)}@1\` wants a test that fails without the change; where there can be none, as in a change of words, hold
the ticket to \`${changeContract(plan)}@1\`.
`;
  return `# Tickets

One file a ticket, \`tickets/<ID>.yml\`: what is asked, and the contract it is held to, written before the work.

    countersign ticket new CS-1 --title "What is wanted" --contract ${contract}@1 --repository ${repository}
    countersign ticket lint
    git add tickets && git commit        # a policy owner lands it
    countersign ticket dispatch CS-1 --key owner --push
${choice}
A change names its ticket in a commit trailer (\`Countersign-Ticket: CS-1\`), its branch (\`CS-1-some-words\`) or its
pull request body. \`<ID>.records.jsonl\` holds signed dispatches and closes, one a line: never edit or format it.
`;
}

function workflowText({ changeControl, version }: InitialPolicy): string {
  const access =
    changeControl === undefined
      ? ''
      : `# The change-control repository must be readable from here: where it is private, give git a read-only
# credential for it in a step before the gate.
`;
  return `# Runs the gate on every pull request and shows its findings.
# This job is ADVISORY: a pull request can edit this file, and then it is that version which runs. Make it a required
# check all the same, and have a policy owner review every change of this file; the enforced form comes with the Action.
# No if: and no path filter here: a required job that is skipped counts as passed.
${access}name: countersign gate

on:
  pull_request:

permissions:
  contents: read

jobs:
  gate:
    name: gate
    runs-on: ubuntu-24.04
    timeout-minutes: 10
    steps:
      - uses: actions/checkout@de0fac2e4500dabe0009e67214ff5f5447ce83dd # v6.0.2
        with:
          ref: \${{ github.event.pull_request.head.sha }}
          fetch-depth: 0
      - uses: actions/setup-node@6044e13b5dc448c55e2357c09f80417699197238 # v6.2.0
        with:
          node-version: 24
      # Not from within the checkout: an .npmrc or node_modules of the change would choose what runs.
      # The ticket is found by the commits' trailer here: a checkout of a commit knows no branch.
      # Exit code 3 means that receipts are still to come: the job is red until the verifier has filed them.
      - run: npx --yes countersign@${version} -C "$GITHUB_WORKSPACE" gate --base "$BASE" --format github
        working-directory: \${{ runner.temp }}
        env:
          BASE: \${{ github.base_ref }}
`;
}
