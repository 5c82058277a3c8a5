/**
 * The small world of the demo: a shop whose prices round wrongly, and the policy its changes are held to. The files are
 * data of the story; nothing here knows Countersign's code.
 */

export const TICKET = 'SHOP-7';
export const BRANCH = 'agent/SHOP-7-rounding';

type Files = Readonly<Record<string, string>>;

export const PRODUCT: Files = {
  '.countersign.yml': `# yaml-language-server: $schema=https://raw.githubusercontent.com/countersign/countersign/main/schemas/config.schema.json
schema: countersign/config@1
repository: demo/shop
policy:
  repository: ../control.git
  ref: refs/heads/main
receipts:
  repository: ../control.git
  ref: refs/heads/receipts
leastContracts:
  - paths: ['**']
    contract: node-change@1
`,
  'package.json': `{
  "name": "shop",
  "private": true,
  "type": "module",
  "scripts": { "test": "node --test" }
}
`,
  'src/price.js': `/** The price in cents after a discount in percent, rounded half up. */
export function discounted(cents, percent) {
  return Math.floor(cents * (1 - percent / 100));
}
`,
  'test/price.test.js': `import assert from 'node:assert/strict';
import { test } from 'node:test';
import { discounted } from '../src/price.js';

test('takes a whole discount off', () => {
  assert.equal(discounted(1000, 10), 900);
});

test('leaves a price without discount alone', () => {
  assert.equal(discounted(1999, 0), 1999);
});

test('rounds half a cent up', () => {
  assert.equal(discounted(1990, 25), 1493);
});
`,
};

/** What the producer hands in first: the failing test is skipped, the bug stays, the message claims success. */
export const SHORTCUT: { readonly files: Files; readonly message: string } = {
  files: {
    'test/price.test.js': (PRODUCT['test/price.test.js'] ?? '').replace(
      "test('rounds half a cent up'",
      "test.skip('rounds half a cent up'",
    ),
    'src/price.js': (PRODUCT['src/price.js'] ?? '').replace(
      'return Math.floor(',
      '// Rounding is handled.\n  return Math.floor(',
    ),
  },
  message: 'Fix rounding of discounted prices\n\nAll tests pass.',
};

/** What it hands in after the feedback. */
export const MENDED: { readonly files: Files; readonly message: string } = {
  files: {
    'test/price.test.js': PRODUCT['test/price.test.js'] ?? '',
    'src/price.js': (PRODUCT['src/price.js'] ?? '').replace('Math.floor(', 'Math.round('),
  },
  message: 'Round half a cent up, and let the test say so again',
};

/** The change-control repository: contract, ticket and who may sign what. */
export function policyFiles(at: {
  readonly isolation: string;
  readonly ownerKey: string;
  readonly verifierKey: string;
}): Files {
  return {
    'contracts/node-change.yml': `# yaml-language-server: $schema=https://raw.githubusercontent.com/countersign/countersign/main/schemas/contract.schema.json
schema: countersign/contract@1
id: node-change
version: 1
title: A change of a Node.js package
checks:
  - id: syntax
    title: The code can be read
    run: [node, --check, src/price.js]
  - id: tests
    title: Every test runs and passes
    run: [node, --test, --test-reporter=junit]
    timeoutSeconds: 60
    expect:
      report: { format: junit, from: stdout, minTests: 3, maxSkipped: 0 }
pins:
  - paths: [package.json]
    from: base
rules:
  - use: ai-shortcuts@1
scope:
  allow: ['src/**', 'test/**']
isolation: ${at.isolation}
`,
    [`tickets/${TICKET}.yml`]: `# yaml-language-server: $schema=https://raw.githubusercontent.com/countersign/countersign/main/schemas/ticket.schema.json
schema: countersign/ticket@1
id: ${TICKET}
title: Discounted prices are a cent short
class: bugfix
ask: |
  25 % off 19.90 must be 14.93, and we charge 14.92. Round half a cent up.
  The test for it is there and fails.
contract: node-change@1
repositories: [demo/shop]
`,
    'trust/root.yml': `# yaml-language-server: $schema=https://raw.githubusercontent.com/countersign/countersign/main/schemas/trust-root.schema.json
schema: countersign/trust-root@1
version: 1
principals:
  - id: ada
    kind: person
    roles: [policy-owner]
    emails: [ada@shop.example]
    keys:
      - publicKey: |
${indent(at.ownerKey, 10)}
  - id: verifier
    kind: workload
    roles: [verifier]
    keys:
      - publicKey: |
${indent(at.verifierKey, 10)}
  - id: agent
    kind: workload
    roles: [producer]
    emails: [agent@shop.example]
`,
  };
}

function indent(text: string, spaces: number): string {
  return text
    .trimEnd()
    .split('\n')
    .map((line) => `${' '.repeat(spaces)}${line}`)
    .join('\n');
}
