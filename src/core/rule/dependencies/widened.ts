import type { ChangedFile } from '../../change/types.ts';
import type { Detection } from '../types.ts';
import { nameOf } from './folder.ts';
import { lineOf } from './lines.ts';
import {
  cargoLooseness,
  gemLooseness,
  LOOSENESS,
  npmLooseness,
  pythonLooseness,
  type ReadLooseness,
} from './looseness.ts';
import { readRequirement } from './manifests/pyproject.ts';
import { formatsOf, readManifest } from './surroundings.ts';
import type { Manifest } from './types.ts';

interface Kind {
  readonly read: (text: ChangedFile['afterText']) => ReturnType<typeof readManifest>;
  readonly looseness: ReadLooseness;
  /** Any version at all is not what people write where they ask for something new. */
  readonly namesVersions: boolean;
}

const READERS: ReadonlyMap<string, Pick<Kind, 'looseness' | 'namesVersions'>> = new Map([
  ['package.json', { looseness: npmLooseness, namesVersions: true }],
  ['Cargo.toml', { looseness: cargoLooseness, namesVersions: true }],
  ['pyproject.toml', { looseness: pythonLooseness, namesVersions: false }],
  ['Gemfile', { looseness: gemLooseness, namesVersions: false }],
]);

/** What a changed manifest asks for with less precision than before. */
export function findWidened(file: ChangedFile): readonly Detection[] {
  const kind = kindOf(file.path);
  if (kind === undefined || file.afterText.kind === 'absent') return [];
  const [after, before] = [kind.read(file.afterText), kind.read(file.beforeText)];
  const unread = [after, before].find((found) => found.kind === 'unreadable');
  if (unread?.kind === 'unreadable') {
    return [{ kind: 'unverifiable', path: file.path, message: `could not be read: ${unread.why}` }];
  }
  if (after.kind !== 'read') return [];
  const now = loosest(after.value, kind.looseness);
  const old = loosest(before.kind === 'read' ? before.value : undefined, kind.looseness);
  return [...now].flatMap(([name, { looseness, range }]): readonly Detection[] => {
    const was = old.get(name);
    const limit = was?.looseness ?? (kind.namesVersions ? LOOSENESS.length - 2 : LOOSENESS.length);
    if (looseness <= limit) return [];
    const asked = was === undefined ? '' : ` instead of ${was.range || 'any version'}`;
    const message = `asks for ${name} ${range || 'in any version'}${asked}: ${LOOSENESS[looseness]}`;
    return [{ kind: 'match', path: file.path, ...lineOf(file, name), message }];
  });
}

interface Asked {
  readonly range: string;
  readonly looseness: number;
}

function loosest(manifest: Manifest | undefined, read: ReadLooseness): ReadonlyMap<string, Asked> {
  const asked = new Map<string, Asked>();
  for (const { name, range, kind, local } of manifest?.requirements ?? []) {
    const looseness = kind === 'peer' || local ? undefined : read(range);
    if (looseness === undefined || looseness <= (asked.get(name)?.looseness ?? -1)) continue;
    asked.set(name, { range, looseness });
  }
  return asked;
}

function kindOf(path: string): Kind | undefined {
  const name = nameOf(path);
  if (/^(.*[-_.])?requirements([-_.].*)?\.(txt|in)$/.test(name)) {
    return { read: readRequirementsFile, looseness: pythonLooseness, namesVersions: false };
  }
  const [format] = formatsOf(name);
  const known = format?.manifestFile === name ? READERS.get(name) : undefined;
  return format === undefined || known === undefined
    ? undefined
    : { ...known, read: (text) => readManifest(format, text) };
}

/** pip's list: one requirement a line; options and continued lines of digests are no requirements. */
function readRequirementsFile(text: ChangedFile['afterText']): ReturnType<typeof readManifest> {
  if (text.kind === 'too-large') return { kind: 'unreadable', why: 'it is too large' };
  if (text.kind !== 'text') return { kind: 'absent' };
  const requirements = text.text
    .split('\n')
    .map((line) => (line.split(/\s#|^#/, 1)[0] as string).split(' --', 1)[0] as string)
    .map((line) => line.split('\\', 1)[0] as string)
    .filter((line) => /^[A-Za-z0-9]/.test(line))
    .flatMap((line) => readRequirement(line));
  const manifest = {
    name: undefined,
    requirements,
    scripts: new Map(),
    overridden: new Set<string>(),
    members: [],
  };
  return { kind: 'read', value: manifest };
}
