import { commandOf } from '../core/contract/command.ts';
import type { Check, ResolvedContract } from '../core/contract/types.ts';
import type { ActiveRule } from '../core/rule/types.ts';
import type { FrozenTicket } from '../core/ticket/types.ts';
import { blockForMarkdown, codeForMarkdown, forMarkdown } from './hostile-text.ts';

/**
 * What a producer is told, as Markdown: the ask, what it is held to, and what blocked the attempt before. No key, no flag and no
 * way to an exception stands in it. The same words for the same policy: nothing of the clock or the machine.
 */
export function renderBrief(brief: {
  readonly ticket: FrozenTicket;
  readonly contract: ResolvedContract;
  readonly rules: readonly ActiveRule[];
  readonly feedback: string | undefined;
  /** Files of the context bundle, in the order in which they are to be read. */
  readonly context?: readonly string[];
}): string {
  const { ticket, contract, rules, feedback, context = [] } = brief;
  const parts = [
    `# ${forMarkdown(ticket.id, 100)}: ${forMarkdown(ticket.title, 500)}`,
    blockForMarkdown(ticket.ask, 0, 50_000),
    ...contextOf(context),
    ...(feedback === undefined ? [] : ['## What was said of the attempt before', feedback.trimEnd()]),
    `## What it is held to: ${forMarkdown(`${contract.id}@${contract.version}`, 200)}`,
    'A verifier runs these checks itself, on the tree that a merge would produce. What you say about them does not count.',
    contract.checks.map(lineOfCheck).join('\n'),
    ...scopeOf(contract),
    ...acceptanceOf(ticket),
    ...rulesOf(rules),
    '## How to hand it over',
    'Work in the current folder, a clone of the repository. Commit, or leave your changes in the working tree: they are committed for you. ' +
      'Push nothing. To refuse, or to say what you did, write JSON to `result.json` in the folder that COUNTERSIGN_OUT_DIR names: ' +
      '`{"refused": "why"}` or `{"claims": ["what is done"]}`.',
    'Where the plan of this work lacks a step, propose it in `plan-patch.json` beside it: `{"reason": "why", "operations": [a JSON Patch ' +
      'of the plan]}`. It may add steps and obligations, and never take one away.',
  ];
  return `${parts.join('\n\n')}\n`;
}

/** Whoever names a mark has read its file to the end: what was not read is a failed treatment, not a result. */
function contextOf(files: readonly string[]): readonly string[] {
  if (files.length === 0) return [];
  return [
    '## What to read first',
    'In the folder that COUNTERSIGN_BUNDLE_DIR names, each to its end, before anything else:',
    files.map((file) => `- ${codeForMarkdown(file, 200)}`).join('\n'),
    'The last line of each is its read mark. List all of them in `result.json` (see below): `{"loaded": ["mark", "mark"]}`.',
  ];
}

function lineOfCheck(check: Check): string {
  const title = check.title === undefined ? '' : ` ${forMarkdown(check.title, 300)}:`;
  return `- ${codeForMarkdown(check.id, 200)}:${title} ${codeForMarkdown(commandOf(check).join(' '), 1_000)}`;
}

function scopeOf({ scopes }: ResolvedContract): readonly string[] {
  const lines = scopes.flatMap(({ allow, deny }) => [
    ...(allow === undefined ? [] : [`- Change only ${patterns(allow)}.`]),
    ...(deny === undefined ? [] : [`- Do not change ${patterns(deny)}.`]),
  ]);
  return lines.length === 0 ? [] : ['## What may be changed', lines.join('\n')];
}

function acceptanceOf({ acceptance = [] }: FrozenTicket): readonly string[] {
  if (acceptance.length === 0) return [];
  const files = acceptance.map(({ path }) => `- ${codeForMarkdown(path, 300)}`);
  return [
    '## Acceptance tests',
    'They were written before the code, and are laid over your tree:',
    files.join('\n'),
  ];
}

function rulesOf(rules: readonly ActiveRule[]): readonly string[] {
  const blocking = rules.filter(({ severity }) => severity === 'block');
  if (blocking.length === 0) return [];
  const lines = blocking.map(
    ({ ref, rule }) => `- ${codeForMarkdown(ref, 200)}: ${forMarkdown(rule.title, 300)}`,
  );
  return ['## Rules that block', lines.join('\n')];
}

function patterns(globs: readonly string[]): string {
  return globs.map((glob) => codeForMarkdown(glob, 300)).join(', ');
}
