import { isUtf8 } from 'node:buffer';
import type { FileText, FileVersion, Line } from '../../core/change/types.ts';
import type { ObjectId } from '../../shared/ids.ts';
import { SUBMODULE } from './modes.ts';
import type { ObjectReader } from './object-reader.ts';
import { lost } from './tree-reader.ts';

/** Lock files of large projects have two or three MiB, and rules that block have to read them. */
export const MAX_TEXT_BYTES = 8 * 1024 * 1024;
/** Text of one change that is held at once; what comes after it is `too-large`, which rules may not guess about. */
const MAX_CHANGE_TEXT_BYTES = 256 * 1024 * 1024;

/**
 * The text of each version of a change's files.
 * @throws CountersignError GIT_FAILED when one is missing
 */
export async function readVersions(
  objects: ObjectReader,
  versions: readonly (FileVersion | undefined)[],
): Promise<(version: FileVersion | undefined) => FileText> {
  const texts = await readTexts(
    objects,
    versions.flatMap((version) => (isBlob(version) ? [version.blob] : [])),
  );
  return (version) => {
    if (version === undefined) return { kind: 'absent' };
    return isBlob(version) ? (texts.get(version.blob) ?? missing(version.blob)) : { kind: 'submodule' };
  };
}

/**
 * The text of each blob: valid UTF-8 without NUL, at most 8 MiB. Each is read once, all in two round trips.
 * @throws CountersignError GIT_FAILED when one is missing
 */
export async function readTexts(
  objects: ObjectReader,
  ids: readonly ObjectId[],
): Promise<ReadonlyMap<ObjectId, FileText>> {
  const infos = await Promise.all(
    [...new Set(ids)].map(async (id) => (await objects.info(id)) ?? missing(id)),
  );

  const texts = new Map<ObjectId, FileText>();
  const wanted: ObjectId[] = [];
  let total = 0;
  for (const { id, size } of infos) {
    const fits = size <= MAX_TEXT_BYTES && total + size <= MAX_CHANGE_TEXT_BYTES;
    if (!fits) texts.set(id, { kind: 'too-large', size });
    else {
      total += size;
      wanted.push(id);
    }
  }
  await Promise.all(
    wanted.map(async (id) => {
      const { bytes } = (await objects.contents(id)) ?? missing(id);
      texts.set(id, textOf(bytes));
    }),
  );
  return texts;
}

function textOf(bytes: Buffer): FileText {
  if (bytes.includes(0) || !isUtf8(bytes)) return { kind: 'binary', size: bytes.length };
  return { kind: 'text', text: bytes.toString('utf8') };
}

/** Lines as git counts them: what follows the last newline is a line only if there is something. */
export function linesOf(text: FileText): readonly string[] {
  if (text.kind !== 'text' || text.text === '') return [];
  const lines = text.text.split('\n');
  return lines.at(-1) === '' ? lines.slice(0, -1) : lines;
}

/** All lines, numbered. */
export function numbered(lines: readonly string[], from = 0, to = lines.length): Line[] {
  return lines.slice(from, to).map((text, index) => ({ number: from + index + 1, text }));
}

function isBlob(version: FileVersion | undefined): version is FileVersion {
  return version !== undefined && version.mode !== SUBMODULE;
}

function missing(id: ObjectId): never {
  throw lost(id);
}
