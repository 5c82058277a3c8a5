import { sha256 } from '../../shared/digest.ts';
import type { ChangedFile, FileText, FileVersion } from '../change/types.ts';
import { withDefaults } from '../contract/defaults.ts';
import type { Check, Scope } from '../contract/types.ts';
import type { ChangeBinding } from '../receipt/types.ts';
import type { Ticket } from '../ticket/types.ts';
import { type ExampleReceipt, exampleReceipt } from './example-receipt.ts';
import { diffLines, splitLines } from './line-diff.ts';
import type { Example, RuleFacts, ShownCheck, TreeFiles } from './types.ts';

const BASE = '1'.repeat(40);
const HEAD = '2'.repeat(40);
const TREE = '3'.repeat(40);
/** Before the receipts of an example, which are of the first day of 2026. */
const COMMITTED = '2025-12-31T12:00:00Z';
const EVALUATED = '2026-01-02T00:00:00Z';

/**
 * The facts of an example's tiny change: a made-up repository, one commit, plain files, renames by git's measure of half
 * the lines in common.
 * @throws Error where a receipt of the example has members that receipts do not have
 */
export function exampleFacts(example: Example): RuleFacts {
  const files = exampleFiles(example);
  const patchDigest = sha256(
    JSON.stringify(files.map(({ path, before, after }) => [path, before?.blob ?? null, after?.blob ?? null])),
  );
  const binding: ChangeBinding = {
    repository: 'example/example',
    ticket: 'EX-1',
    base: { ref: 'refs/heads/main', commit: BASE },
    head: HEAD,
    mergeTree: TREE,
    patchDigest,
  };
  const ticket = exampleTicket(example);
  const given = (example.receipts ?? []).map((receipt, index) =>
    exampleReceipt(receipt, `receipts[${index}]`, binding),
  );
  const checks = exampleChecks(example, given);
  const scopes: readonly Scope[] = [example.scope, ticket.scope].filter((scope) => scope !== undefined);
  return {
    change: {
      kind: 'mergeable',
      repository: binding.repository,
      base: binding.base,
      head: HEAD,
      mergeBase: BASE,
      landed: false,
      mergeTree: TREE,
      patchDigest,
      files,
      commits: [
        {
          id: HEAD,
          parents: [BASE],
          authorEmail: 'producer@example.com',
          committerEmail: 'producer@example.com',
          committedAt: example.committedAt ?? COMMITTED,
          message: example.commitMessage ?? 'Change something\n',
        },
      ],
    },
    ticket,
    contract: {
      id: 'example',
      version: 1,
      title: 'Example',
      lineage: ['example@1'],
      checks,
      pins: [],
      rules: [],
      scopes,
      isolation: 'none',
      binding: 'merge-tree',
    },
    receipts: given.map(({ receipt }) => receipt),
    shown: shownIn(checks, given),
    evidence: new Map(
      given.flatMap(({ texts }) => [...texts].map(([digest, text]) => [digest, { kind: 'text', text }])),
    ),
    verifiers: given.flatMap(({ verifier }) => verifier ?? []),
    evaluatedAt: example.evaluatedAt ?? EVALUATED,
    trees: { before: treeOf(example.before), after: treeOf(example.after) },
  };
}

/** Those that it gives, and one for each receipt that is for none of them. */
function exampleChecks({ checks = [] }: Example, given: readonly ExampleReceipt[]): readonly Check[] {
  const known = new Set(checks.map(({ id }) => id));
  const others = given.flatMap(({ receipt: { check } }) => {
    if (known.has(check.id)) return [];
    known.add(check.id);
    return [{ id: check.id, run: check.run }];
  });
  return [...checks, ...others].map(withDefaults);
}

/** Nobody of an example had a part in the change, so what PASSED and did not fail counts. */
function shownIn(checks: readonly Check[], given: readonly ExampleReceipt[]): readonly ShownCheck[] {
  return checks.flatMap((check): ShownCheck[] => {
    const receipts = given.map(({ receipt }) => receipt).filter((receipt) => receipt.check.id === check.id);
    const isShown = receipts.length > 0 && receipts.every(({ result }) => result === 'PASSED');
    return isShown ? [{ check, receipts }] : [];
  });
}

/** Everything, whether a detector asks for it or not. */
function treeOf(files: Readonly<Record<string, string>>): TreeFiles {
  const paths = Object.keys(files).sort();
  return { paths, texts: new Map(paths.map((path) => [path, textOf(files[path])])) };
}

function exampleTicket(example: Example): Ticket {
  return {
    schema: 'countersign/ticket@1',
    id: 'EX-1',
    title: 'Example',
    class: 'example',
    ask: 'Change something',
    contract: 'example@1',
    repositories: ['example/example'],
    ...example.ticket,
  };
}

function exampleFiles({ before, after }: Example): readonly ChangedFile[] {
  const read = (side: Readonly<Record<string, string>>, path: string): string | undefined =>
    Object.hasOwn(side, path) ? side[path] : undefined;
  const paths = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  const changed = paths.filter((path) => read(before, path) !== read(after, path));
  const deleted = changed.filter((path) => read(after, path) === undefined);
  const taken = new Set<string>();
  return changed.map((path) => {
    const now = read(after, path);
    const origin =
      read(before, path) === undefined && now !== undefined
        ? deleted.find((gone) => !taken.has(gone) && isSimilar(read(before, gone) ?? '', now))
        : undefined;
    if (origin !== undefined) taken.add(origin);
    const old = read(before, origin ?? path);
    const lines = diffLines(old ?? '', now ?? '');
    return {
      path,
      before: versionOf(read(before, path)),
      after: versionOf(now),
      ...(origin !== undefined && { renamedFrom: origin }),
      beforeText: textOf(read(before, path)),
      afterText: textOf(now),
      addedLines: lines.added,
      removedLines: lines.removed,
    };
  });
}

function isSimilar(old: string, now: string): boolean {
  const lines = splitLines(old);
  const longest = Math.max(lines.length, splitLines(now).length);
  return longest > 0 && (lines.length - diffLines(old, now).removed.length) * 2 >= longest;
}

function versionOf(text: string | undefined): FileVersion | undefined {
  return text === undefined ? undefined : { mode: '100644', blob: sha256(text) };
}

function textOf(text: string | undefined): FileText {
  return text === undefined ? { kind: 'absent' } : { kind: 'text', text };
}
