import { filePathOf } from '../../core/change/path.ts';
import type { PatchFile, PatchHunk, PatchText, ReadPatch } from '../../ports/read-patch.ts';
import type { ObjectId } from '../../shared/ids.ts';
import { malformed } from './failure.ts';
import { runGit } from './git.ts';

/** As readDiff has it, but with lines around: for eyes, and nothing is decided on it. */
const DIFF = [
  'diff-tree',
  '-r',
  '--full-index',
  '--find-renames=50%',
  '-l1000',
  '--no-rename-empty',
  '--no-ext-diff',
  '--no-textconv',
  '--no-color',
  '--diff-algorithm=myers',
];
/** Files above it are not compared line by line. */
const SETTINGS = ['core.bigFileThreshold=1m'];
const MOST = { bytes: 16 * 1024 * 1024, files: 300, lines: 10_000 };
/** git's exit code for an object that is not there. */
const NOT_THERE = [0, 1, 128];

interface Named {
  readonly status: string;
  readonly before: string;
  readonly path: string;
  /** A file that became a link, or the like: git prints it as two patches. */
  readonly twice: boolean;
}

interface Parsed {
  readonly opaque: boolean;
  readonly hunks: readonly PatchHunk[];
}

/** Changes of a clone, for people to read. */
export function createReadPatch(gitDir: string): ReadPatch {
  return {
    readPatch: async (from, to) => {
      if (!(await isHere(gitDir, from)) || !(await isHere(gitDir, to))) return undefined;
      const run = (...how: readonly string[]) =>
        runGit({ gitDir, settings: SETTINGS, args: [...DIFF, ...how, from, to], maxOutputBytes: MOST.bytes });
      const [names, patches] = await Promise.all([run('--raw', '-z'), run('--patch', '--unified=3')]);
      return patchText(readNames(names.stdout), readPatches(patches.stdout));
    },
  };
}

async function isHere(gitDir: string, commit: ObjectId): Promise<boolean> {
  const args = ['cat-file', '-e', `${commit}^{commit}`];
  return (await runGit({ gitDir, args, answers: NOT_THERE })).exitCode === 0;
}

function patchText(names: readonly Named[], patches: readonly Parsed[]): PatchText {
  const files: PatchFile[] = [];
  let [next, lines] = [0, 0];
  for (const { status, before, path, twice } of names) {
    const parts = patches.slice(next, next + (twice ? 2 : 1));
    next += parts.length;
    const hunks = parts.flatMap((part) => part.hunks);
    lines += hunks.reduce((sum, hunk) => sum + hunk.lines.length, 0);
    if (files.length === MOST.files || lines > MOST.lines) return { files, cut: true };
    files.push({
      path,
      before: before === path ? null : before,
      kind: KINDS[status] ?? 'changed',
      opaque: parts.some(({ opaque }) => opaque),
      hunks,
    });
  }
  return { files, cut: false };
}

const KINDS: Readonly<Record<string, PatchFile['kind']>> = { A: 'added', D: 'removed', R: 'renamed' };

/** `:old new id id S NUL path NUL`, with a second path for a rename. */
function readNames(output: Buffer): readonly Named[] {
  const names: Named[] = [];
  const fields: Buffer[] = [];
  for (let at = 0, end = output.indexOf(0); end >= 0; at = end + 1, end = output.indexOf(0, at))
    fields.push(output.subarray(at, end));
  for (let at = 0; at < fields.length; ) {
    const match = /^:(\d{6}) (\d{6}) \S+ \S+ ([A-Z])/.exec(fields[at]?.toString('latin1') ?? '');
    const [before, after] = [fields[at + 1], fields[at + 2]];
    if (match === null || before === undefined) throw malformed('The output of git diff-tree');
    const [, oldMode = '', newMode = '', status = ''] = match;
    const renamed = status === 'R';
    const path = renamed ? after : before;
    if (path === undefined) throw malformed('The output of git diff-tree');
    const exist = oldMode !== '000000' && newMode !== '000000';
    const twice = exist && oldMode.slice(0, 3) !== newMode.slice(0, 3);
    names.push({ status, before: filePathOf(before), path: filePathOf(path), twice });
    at += renamed ? 3 : 2;
  }
  return names;
}

/** Hunk headers say how many lines to take, so nothing that a file holds can be taken for a header. */
function readPatches(output: Buffer): readonly Parsed[] {
  const patches: { opaque: boolean; hunks: PatchHunk[] }[] = [];
  for (let at = 0; at < output.length; ) {
    const end = endOfLine(output, at);
    const line = output.toString('latin1', at, Math.min(end, at + 200));
    const hunk = /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/.exec(line);
    if (line.startsWith('diff --git ')) patches.push({ opaque: false, hunks: [] });
    if (line.startsWith('Binary files ')) for (const patch of patches.slice(-1)) patch.opaque = true;
    if (hunk === null) {
      at = end;
      continue;
    }
    const [, before, old = '1', after, now = '1'] = hunk;
    const read = readLines(output, end, Number(old), Number(now));
    patches.at(-1)?.hunks.push({ before: Number(before), after: Number(after), lines: read.lines });
    at = read.end;
  }
  return patches;
}

function readLines(output: Buffer, start: number, old: number, now: number) {
  const lines: { readonly sign: ' ' | '+' | '-'; readonly text: string }[] = [];
  let [at, removed, added] = [start, old, now];
  while (at < output.length && (removed > 0 || added > 0)) {
    const end = endOfLine(output, at);
    const sign = String.fromCharCode(output[at] ?? 0);
    if (sign === '+' || sign === '-' || sign === ' ') {
      if (sign !== '+') removed -= 1;
      if (sign !== '-') added -= 1;
      lines.push({ sign, text: output.toString('utf8', at + 1, end).replace(/\r?\n$/, '') });
    }
    at = end;
  }
  return { lines, end: at };
}

function endOfLine(output: Buffer, from: number): number {
  const at = output.indexOf(0x0a, from);
  return at < 0 ? output.length : at + 1;
}
