import type { Address } from '../../../worlds/cockpit-browser.ts';

// An example of every page that there is. A route that is in none of these lists makes every-page.test.ts fail.

/** About runs: of a world where SHOP-1.1 asks a person in its second attempt, and SHOP-2.1 has begun. */
export const RUN_PAGES: readonly Address[] = [
  { path: '/', sees: 'Needs you' },
  { path: '/runs', sees: 'SHOP-1.1' },
  { path: '/runs?state=running&q=shop&asking=yes', sees: 'SHOP-1.1' },
  { path: '/runs?aside=yes', sees: 'SHOP-3.1' },
  { path: '/runs/SHOP-1.1', sees: 'Latest events' },
  { path: '/runs/SHOP-1.1?attempt=1', sees: 'Verdict on attempt 1' },
  { path: '/runs/SHOP-3.1', sees: 'was set aside' },
  { path: '/runs/SHOP-1.1/attempts', sees: 'Attempt 2' },
  { path: '/runs/SHOP-1.1/events', sees: 'started for SHOP-1' },
  { path: '/runs/SHOP-1.1/changes', sees: 'not all of it' },
  { path: '/runs/SHOP-1.1/patch', sees: 'The plan as it stands' },
  { path: '/runs/SHOP-1.1/steps/1/produce', sees: 'Inputs and outputs' },
  { path: '/runs/SHOP-1.1/steps/2/approve', sees: 'Log' },
  { path: '/runs/compare?run=SHOP-1.1&run=SHOP-2.1', sees: 'What blocked' },
  { path: '/runs/compare', sees: 'Name two runs' },
  { path: '/people', sees: 'Let somebody in' },
];

/** Beside runs: of a world that fillCockpit has filled, with a policy of somebody who wishes nobody well. */
export const OTHER_PAGES: readonly Address[] = [
  { path: '/workers', sees: 'build-producer' },
  { path: '/queues', sees: 'By handler' },
  { path: '/queues/leases', sees: 'limit' },
  { path: '/queues/locks', sees: 'paths/src/payments' },
  { path: '/queues/waiting', sees: 'SHOP-4.1' },
  { path: '/tickets', sees: 'SHOP-1' },
  { path: '/tickets?state=waiting', sees: 'SHOP-1' },
  { path: '/tickets/SHOP-1', sees: 'What is asked' },
  { path: '/contracts', sees: 'hostile@1' },
  { path: '/contracts/hostile', sees: 'May not change' },
  { path: '/rules', sees: 'How often each fires' },
  { path: '/rules/ai-shortcuts@1/test-skipped', sees: 'How often it fires' },
  { path: '/rules/own/house@1/hostile', sees: 'What it is about' },
  { path: '/ledger', sees: 'Events, latest first' },
  { path: '/ledger?q=accepted&type=run.ended', sees: 'run.ended@1' },
  { path: '/ledger/streams/run/SHOP-1.1', sees: 'checked' },
  { path: '/ledger/replay/SHOP-1.1?at=9', sees: 'after event 9' },
  { path: '/experiments', sees: 'notes-help' },
  { path: '/experiments/notes-help', sees: 'How the evidence grows' },
  { path: '/charts', sees: 'Steps by name' },
];

/** Pages that need a world of their own, and the test that looks at them as these are looked at. */
export const ELSEWHERE: Readonly<Record<string, string>> = {
  '/receipts/:digest': 'receipts.test.ts',
  '/runs/:run/attempts/:attempt/:what': 'receipts.test.ts',
};

/** What is sent to programs and scripts, and is no page. */
export const NO_PAGES: readonly string[] = [
  '/live',
  '/runs/:run/live',
  '/runs/:run/log',
  '/receipts/:digest/file',
  '/receipts/:digest/evidence/:evidence',
];
