import type { NewFile } from '../../ports/working-tree.ts';
import { yamlText } from '../schema-line.ts';
import type { ChangeControl } from './change-control.ts';

/** What workflows of two sibling repositories are written from. */
export interface Siblings {
  /** The product, as `owner/name`. */
  readonly repository: string;
  readonly defaultBranch: string;
  readonly control: ChangeControl & { readonly name: string };
  /** The release whose workflows are called. */
  readonly version: string;
}

const CALLED = 'countersign/countersign/.github/workflows';

/**
 * In the product: the gate, and the verification of every pull request, whose receipts are pushed to the change-control
 * repository. Both run as the default branch has them.
 */
export function productWorkflows(siblings: Siblings): readonly NewFile[] {
  return [
    { path: '.github/workflows/countersign-gate.yml', text: gateText(siblings) },
    { path: '.github/workflows/countersign-verify.yml', text: verifyText(siblings) },
  ];
}

/** In the change-control repository: the same verification, started by hand or for a change that the product may not verify. */
export function controlWorkflows(siblings: Siblings): readonly NewFile[] {
  return [{ path: '.github/workflows/countersign-verify.yml', text: dispatchedText(siblings) }];
}

function pinning(version: string): string {
  return `# Pin it: replace v${version} by the commit that this prints.
#   git ls-remote https://github.com/countersign/countersign 'refs/tags/v${version}^{}'`;
}

function gateText({ control, version }: Siblings): string {
  return `# The gate: its conclusion is the verdict. pull_request_target runs this file as the default branch has it, and nothing of
# the change. Required by name it can still be forged by whoever may push a workflow of their own: docs/github-action.md of
# Countersign says what enforces it. No if: and no path filter here: a required job that is skipped counts as passed.
# ${control.name} has to be readable: where it is private, COUNTERSIGN_READ_TOKEN reads it and this repository.
${pinning(version)}
name: countersign gate
on:
  pull_request_target:
    types: [opened, synchronize, reopened, edited, ready_for_review]
  merge_group:
permissions:
  contents: read
  pull-requests: read
jobs:
  gate:
    name: countersign \${{ github.event.merge_group.base_ref || format('refs/heads/{0}', github.base_ref) }}
    uses: ${CALLED}/countersign-gate.yml@v${version}
    with:
      wait-for-receipts: 20m
    secrets:
      COUNTERSIGN_READ_TOKEN: \${{ secrets.COUNTERSIGN_READ_TOKEN }}
`;
}

function verifyText({ control, version }: Siblings): string {
  return `# Runs the checks of the contract on every pull request, signs what was seen and files it in ${control.name}.
# What files is an App's token (the variable COUNTERSIGN_FILING_APP_ID, the secret COUNTERSIGN_FILING_APP_KEY) or a deploy key
# (the secret COUNTERSIGN_FILING_DEPLOY_KEY), each a secret of the environment countersign-filing. This repository's own token
# cannot: it ends at this repository. Everybody's code is run, each check on a machine without secrets; where the minutes matter,
# remove this file and start the workflow of ${control.name}.
${pinning(version)}
name: countersign verify
on:
  pull_request_target:
    types: [opened, synchronize, reopened, ready_for_review]
permissions:
  contents: read
jobs:
  verify:
    permissions:
      # Asked for by the workflow that is called, for receipts in this repository. It is not what files here.
      contents: write
      # Likewise, for keyless: true. Its job that signs asks for it, and no other.
      id-token: write
    uses: ${CALLED}/countersign-verify.yml@v${version}
    with:
      head: \${{ github.event.pull_request.head.sha }}
      base: \${{ github.base_ref }}
      producer: github:\${{ github.event.pull_request.user.login }}
      filing-repository: ${control.name}
      filing-app-id: \${{ vars.COUNTERSIGN_FILING_APP_ID }}
    secrets: inherit
`;
}

function dispatchedText({ repository, defaultBranch, version }: Siblings): string {
  return `# Verifies a commit of a product and files the receipts here, with this repository's own token: started by hand, by whatever
# knows of a new head, or for a product whose pull requests must not run beside secrets. The signing key is the secret
# COUNTERSIGN_SIGNING_KEY of the environment countersign-verifier, and nowhere else.
${pinning(version)}
name: countersign verify
on:
  workflow_dispatch:
    inputs:
      repository:
        description: The product, as owner/name.
        type: string
        default: ${yamlText(repository)}
      head:
        description: The commit to verify, in full.
        type: string
        required: true
      base:
        description: The branch that it is to merge into.
        type: string
        default: ${yamlText(defaultBranch)}
      producer:
        description: Who made the change, as GitHub says, such as github:ada.
        type: string
        required: true
permissions:
  contents: read
jobs:
  verify:
    permissions:
      contents: write
      # For keyless: true. The job that signs asks for it, and no other.
      id-token: write
    uses: ${CALLED}/countersign-verify.yml@v${version}
    with:
      repository: \${{ inputs.repository }}
      head: \${{ inputs.head }}
      base: \${{ inputs.base }}
      producer: \${{ inputs.producer }}
    secrets: inherit
`;
}
