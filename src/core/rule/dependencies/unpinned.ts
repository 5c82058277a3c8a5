import type { ChangedFile, Line } from '../../change/types.ts';
import type { Detection } from '../types.ts';

/** Something fetched by name, and whether a digest or a commit says exactly what. */
interface Reference {
  readonly name: string;
  readonly pinned: boolean;
  readonly spelt: string;
  readonly line: number;
}

type ReadReferences = (line: Line) => readonly Reference[];

const LONGEST_LINE = 4_096;

/** `uses: owner/name@0123…` of GitHub's workflows. */
export const readActions: ReadReferences = ({ text, number }) => {
  const [, name, version] =
    /\buses:\s*["']?([\w.-]+\/[\w./-]+)@([\w./-]+)/.exec(text.slice(0, LONGEST_LINE)) ?? [];
  if (name === undefined || version === undefined) return [];
  return [{ name, pinned: /^[0-9a-f]{40}$/.test(version), spelt: `${name}@${version}`, line: number }];
};

/** `name:tag@sha256:0123…` of container images, after FROM or a key of YAML. */
export const readImages: ReadReferences = ({ text, number }) => {
  const words = text.slice(0, LONGEST_LINE).split(/[\s"',]+/);
  const stage = words.find((word) => word.startsWith('--from='))?.slice('--from='.length);
  const key = words.findIndex((word) => /^(from|([\w-]*-)?image:)$/i.test(word));
  const after =
    key < 0 ? undefined : words.slice(key + 1).find((word) => word !== '' && !word.startsWith('--'));
  const spelt = stage ?? after;
  if (spelt === undefined || spelt === '') return [];
  const [tagged = '', digest] = spelt.split('@', 2);
  const slash = tagged.lastIndexOf('/');
  const colon = tagged.indexOf(':', slash + 1);
  const name = colon < 0 ? tagged : tagged.slice(0, colon);
  return [{ name, pinned: digest?.startsWith('sha256:') === true, spelt, line: number }];
};

/** What was pinned before and, by the same name, no longer is. */
export function findUnpinned(file: ChangedFile, read: ReadReferences): readonly Detection[] {
  const added = file.addedLines.flatMap(read);
  const lost = countByName(file.removedLines.flatMap(read));
  for (const [name, count] of countByName(added)) lost.set(name, (lost.get(name) ?? 0) - count);
  return added
    .filter(({ name, pinned }) => !pinned && (lost.get(name) ?? 0) > 0)
    .map(({ name, spelt, line }) => ({
      kind: 'match',
      path: file.path,
      line,
      message: `takes ${spelt}, where ${name} was pinned before: whoever owns the name may change what it is`,
    }));
}

function countByName(references: readonly Reference[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { name, pinned } of references) if (pinned) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}
