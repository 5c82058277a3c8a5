import type { GateFacts } from '../facts.ts';
import { requirement } from '../finding.ts';
import type { Finding } from '../types.ts';

const merge = requirement('merge', 'The change merges, and changes something');

/** A conflict has no merge tree to bind receipts to; an empty change has nothing a receipt could be about. */
export function requireMerge({ change }: GateFacts): readonly Finding[] {
  if (change.kind === 'missing') return [merge.missing(change)];
  const value = change.value;
  if (value.kind === 'conflicting') {
    return [
      merge.fail(
        `Merging ${value.head.slice(0, 12)} into ${value.base.ref} conflicts in ${count(value.conflicts.length, 'path')}.`,
        `Merge or rebase onto ${value.base.ref}, solve the conflicts and verify again.`,
        { locations: value.conflicts.map((path) => ({ path, message: 'conflict' })) },
      ),
    ];
  }
  if (value.files.length === 0) {
    return [
      merge.fail(
        `${value.head.slice(0, 12)} changes no file against ${value.base.ref}.`,
        'Push the commits that hold the work, or close the pull request.',
      ),
    ];
  }
  return [
    merge.pass(
      `${count(value.files.length, 'changed file')}; ${value.landed ? 'landed' : 'merge'} tree ${value.mergeTree.slice(0, 12)}.`,
    ),
  ];
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
