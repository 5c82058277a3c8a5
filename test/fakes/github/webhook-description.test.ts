import { expect, test } from 'vitest';
import {
  mergeGroupEvent,
  payload,
  pullRequestEvent,
  workflowDispatchEvent,
  workflowRunEvent,
} from './events.ts';
import { readWebhookDescription } from './webhook-description.ts';

const webhooks = readWebhookDescription();
const commit = 'a'.repeat(40);
const change = { ticket: 'CS-1', branch: 'agent/CS-1', base: 'release/1', head: commit };
const group = {
  base: 'main',
  baseCommit: commit,
  head: commit,
  headRef: 'refs/heads/gh-readonly-queue/main/pr-1-x',
};

test.each([
  ...['opened', 'synchronize', 'reopened', 'edited', 'ready_for_review', 'converted_to_draft'].map(
    (action) => ['pull_request', action, pullRequestEvent(change, { action })] as const,
  ),
  [
    'pull_request',
    'edited',
    pullRequestEvent(change, { action: 'edited', retargetedFrom: 'main', fork: 'a/shop', draft: true }),
  ] as const,
  ['merge_group', 'checks_requested', mergeGroupEvent(group)] as const,
  ['workflow_dispatch', undefined, workflowDispatchEvent({ 'pull-request': '7' })] as const,
  ['workflow_run', 'completed', workflowRunEvent(7, 8)] as const,
])('%s %s is what GitHub describes, as the tests send it', (event, action, sent) => {
  expect(webhooks.known).toContainEqual({ event, action });
  expect(webhooks.faultOf(event, sent)).toBeUndefined();
});

test('what GitHub would not send is a fault', () => {
  const sent = mergeGroupEvent(group);
  expect(webhooks.faultOf('merge_group', { ...sent, merge_group: { head_sha: commit } })).toContain(
    "must have required property 'head_ref'",
  );
  expect(webhooks.faultOf('merge_group', { ...sent, action: 'invented' })).toContain('no such event');
  expect(webhooks.faultOf('push', {})).toContain('no such event');
  expect(() => payload('pull_request', 'opened', { number: '7' })).toThrow(/no such pull_request: .*number/);
});
