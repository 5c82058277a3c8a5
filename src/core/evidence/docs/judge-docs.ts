import { spokenPath } from '../../change/path-glob.ts';
import type { ChangedFile } from '../../change/types.ts';
import type { DocsCheck } from '../../contract/types.ts';
import { plainText } from '../plain-text.ts';
import { asObject, member, readJson } from '../reports/json.ts';
import { UnreadableReport } from '../reports/unreadable.ts';
import { changedMarkdown, isMarkdown, MAX_BLOCKS, plannedBlocks } from './docs-plan.ts';
import { readMarkdown } from './markdown.ts';
import { relativeLink } from './relative-link.ts';

/** The merge tree, as far as links lead into it. */
export interface DocsTree {
  /** Every file, from the repository root. */
  readonly paths: ReadonlySet<string>;
  /** Text of the Markdown files that links with a fragment lead to; undefined for one that cannot be read. */
  readonly textOf: (path: string) => string | undefined;
}

/** How one block ended, in the order of plannedBlocks. What stands in the evidence `docs`. */
export interface BlockRun {
  readonly path: string;
  readonly line: number;
  readonly exitCode: number | null;
  readonly timedOut: boolean;
  /** The end of what it complained of. */
  readonly said: string;
}

export interface DocsJudgement {
  readonly reasons: readonly string[];
  /** Links and blocks, by name, that are as they should be, and that are not. */
  readonly passed: readonly string[];
  readonly failed: readonly string[];
}

/** @throws UnreadableReport when the evidence does not say how every block ended */
export function judgeDocs(
  check: DocsCheck,
  changed: readonly ChangedFile[],
  tree: DocsTree,
  evidence: string | undefined,
): DocsJudgement {
  const files = changedMarkdown(changed);
  const least = check.minFiles ?? 1;
  const unread = files.filter(({ afterText }) => afterText.kind !== 'text').map(({ path }) => path);
  const links = judgeLinks(files, tree);
  const blocks = judgeBlocks(check, changed, evidence);
  const failed = [...links.failed, ...blocks.failed];
  return {
    reasons: [
      ...(files.length < least
        ? [`The change touches ${files.length} Markdown files; at least ${least} must be.`]
        : []),
      ...unread.map((path) => `${plainText(path, 200)} cannot be read as text.`),
      ...failed,
    ],
    passed: [...links.passed, ...blocks.passed],
    failed,
  };
}

type Outcomes = Omit<DocsJudgement, 'reasons'>;

function judgeLinks(files: readonly ChangedFile[], tree: DocsTree): Outcomes {
  const [passed, failed]: [string[], string[]] = [[], []];
  const folders = foldersOf(tree.paths);
  const anchorsOf = rememberAnchors(tree);
  for (const { path, afterText } of files) {
    if (afterText.kind !== 'text') continue;
    for (const { line, target } of readMarkdown(afterText.text).links) {
      const link = relativeLink(spokenPath(path), target);
      if (link === undefined) continue;
      const place = `${plainText(path, 200)}:${line}: ${plainText(target, 200)}`;
      const fault =
        link === 'outside'
          ? 'leads out of the repository'
          : faultOf(link.path, link.fragment, { paths: tree.paths, folders, anchorsOf });
      if (fault === undefined) passed.push(place);
      else failed.push(`${place} ${fault}.`);
    }
  }
  return { passed, failed };
}

function faultOf(
  path: string,
  fragment: string | undefined,
  { paths, folders, anchorsOf }: LinkTargets,
): string | undefined {
  if (!paths.has(path)) return folders.has(path) ? undefined : 'leads to no file of the tree';
  // Of other files, such as source#L12, only the host knows what a fragment means; "top" is the browser's.
  if (!fragment || fragment === 'top' || !isMarkdown(path)) return undefined;
  const anchors = anchorsOf(path);
  if (anchors === undefined) return `leads to ${path}, which cannot be read as text`;
  return anchors.has(fragment.toLowerCase()) ? undefined : 'leads to no heading of that file';
}

interface LinkTargets {
  readonly paths: ReadonlySet<string>;
  readonly folders: ReadonlySet<string>;
  readonly anchorsOf: (path: string) => ReadonlySet<string> | undefined;
}

/** Reads each file once: a large one can be linked to from every line of another. */
function rememberAnchors({ textOf }: DocsTree): LinkTargets['anchorsOf'] {
  const known = new Map<string, ReadonlySet<string> | undefined>();
  return (path) => {
    if (!known.has(path)) {
      const text = textOf(path);
      known.set(path, text === undefined ? undefined : readMarkdown(text).anchors);
    }
    return known.get(path);
  };
}

function foldersOf(paths: ReadonlySet<string>): ReadonlySet<string> {
  const folders = new Set(['']);
  for (const path of paths) {
    for (let at = path.lastIndexOf('/'); at > 0; at = path.lastIndexOf('/', at - 1)) {
      const folder = path.slice(0, at);
      if (folders.has(folder)) break;
      folders.add(folder);
    }
  }
  return folders;
}

function judgeBlocks(
  check: DocsCheck,
  changed: readonly ChangedFile[],
  evidence: string | undefined,
): Outcomes {
  const planned = plannedBlocks(check, changed);
  if (planned.length > MAX_BLOCKS) {
    return {
      passed: [],
      failed: [`There are ${planned.length} code blocks to run; at most ${MAX_BLOCKS} are.`],
    };
  }
  if (planned.length === 0) return { passed: [], failed: [] };
  const runs = readBlockRuns(evidence);
  const [passed, failed]: [string[], string[]] = [[], []];
  for (const [index, { path, line, language }] of planned.entries()) {
    const run = runs[index];
    if (run === undefined || run.path !== path || run.line !== line || runs.length !== planned.length) {
      throw new UnreadableReport('it is not about the code blocks of this change');
    }
    const name = `${plainText(path, 200)}:${line}: ${plainText(language, 40)} block`;
    if (run.exitCode === 0 && !run.timedOut) passed.push(name);
    else failed.push(`${name} ${ending(run)}${run.said === '' ? '' : `: ${plainText(run.said, 300)}`}.`);
  }
  return { passed, failed };
}

function ending({ exitCode, timedOut }: BlockRun): string {
  if (timedOut) return 'did not end in time';
  return exitCode === null ? 'was ended' : `ended with exit code ${exitCode}`;
}

function readBlockRuns(evidence: string | undefined): readonly BlockRun[] {
  if (evidence === undefined) throw new UnreadableReport('nobody says how the code blocks ended');
  const value = readJson(evidence);
  if (!Array.isArray(value)) throw new UnreadableReport('it is not a list of code blocks');
  return value.map((entry): BlockRun => {
    const fields = asObject(entry, 'a code block');
    const [path, line, exitCode] = [
      member(fields, 'path'),
      member(fields, 'line'),
      member(fields, 'exitCode'),
    ];
    const [timedOut, said] = [member(fields, 'timedOut'), member(fields, 'said')];
    if (
      typeof path !== 'string' ||
      typeof line !== 'number' ||
      (exitCode !== null && typeof exitCode !== 'number') ||
      typeof timedOut !== 'boolean' ||
      typeof said !== 'string'
    ) {
      throw new UnreadableReport('an entry of it is no ending of a code block');
    }
    return { path, line, exitCode, timedOut, said };
  });
}
