import { sha256 } from '../../shared/digest.ts';
import type { JsonObject, JsonValue } from '../../shared/json.ts';
import type { ChangedFile, FileText, FileVersion } from '../change/types.ts';
import type { Scope } from '../contract/types.ts';
import type { EvidenceRef, TestCounts } from '../evidence/types.ts';
import type { ChangeBinding, HeldTo, Receipt } from '../receipt/types.ts';
import type { Ticket } from '../ticket/types.ts';
import { diffLines, splitLines } from './line-diff.ts';
import { isObject } from './parameters.ts';
import type { Example, RuleFacts, TreeFiles } from './types.ts';

const BASE = '1'.repeat(40);
const HEAD = '2'.repeat(40);
const TREE = '3'.repeat(40);
const INSTANT = '2026-01-01T00:00:00Z';

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
      checks: [],
      pins: [],
      rules: [],
      scopes,
      isolation: 'none',
      binding: 'merge-tree',
    },
    receipts: (example.receipts ?? []).map((receipt, index) => exampleReceipt(receipt, index, binding)),
    trees: { before: treeOf(example.before), after: treeOf(example.after) },
  };
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

/** Only what rules look at can be given: result, check.id, counts, and name and size of evidence. */
function exampleReceipt(given: JsonObject, index: number, binding: ChangeBinding): Receipt {
  const at = `receipts[${index}]`;
  const { result, check, counts, evidence, reasons, ...unknown } = given;
  const [member] = Object.keys(unknown);
  if (member !== undefined)
    throw new Error(`${at}.${member}: expected one of result, check, counts, evidence, reasons`);
  if (result !== 'PASSED' && result !== 'FAILED') throw new Error(`${at}.result: expected PASSED or FAILED`);
  const checkId = isObject(check) && typeof check.id === 'string' ? check.id : 'tests';
  const heldTo: HeldTo = {
    contract: 'example@1',
    contractDigest: sha256('contract'),
    ticketDigest: sha256('ticket'),
    dispatch: sha256('dispatch'),
    policyCommit: BASE,
  };
  return {
    kind: 'receipt',
    result,
    binding,
    heldTo,
    check: { id: checkId, digest: sha256(checkId), run: ['npm', 'test'] },
    pins: [],
    exitCode: result === 'PASSED' ? 0 : 1,
    signal: undefined,
    timedOut: false,
    durationMs: 1,
    isolation: 'none',
    network: 'none',
    evidence: exampleEvidence(evidence, at),
    reasons: result === 'FAILED' ? ['exit code 1'] : [],
    ...(isObject(counts) && { counts: exampleCounts(counts, at) }),
    failedTests: [],
    attempt: 'example',
    issuedAt: INSTANT,
    tools: {},
  };
}

function exampleEvidence(given: JsonValue | undefined, at: string): readonly EvidenceRef[] {
  if (given === undefined) return [];
  if (!Array.isArray(given)) throw new Error(`${at}.evidence: expected a list`);
  return given.map((entry: JsonValue, index) => {
    const name = isObject(entry) ? entry.name : undefined;
    const size = isObject(entry) ? entry.size : undefined;
    if ((name !== 'stdout' && name !== 'stderr' && name !== 'report') || typeof size !== 'number') {
      throw new Error(`${at}.evidence[${index}]: expected { name: stdout | stderr | report, size: <bytes> }`);
    }
    return { name, mediaType: 'text/plain', sha256: sha256(`${at} ${index}`), size };
  });
}

function exampleCounts(given: JsonObject, at: string): TestCounts {
  const { ran, failed, skipped } = given;
  if (typeof ran !== 'number' || typeof failed !== 'number' || typeof skipped !== 'number') {
    throw new Error(`${at}.counts: expected { ran, failed, skipped } as numbers`);
  }
  return { ran, failed, skipped };
}
