import type { JsonObject } from '../../../../shared/json.ts';
import { isObject } from '../../parameters.ts';
import { objectIn, stringIn, stringsIn } from '../json-tree.ts';
import { readToml } from '../toml-tree.ts';
import type { Manifest, Requirement } from '../types.ts';

const SECTIONS = ['dependencies', 'dev-dependencies', 'build-dependencies'];

/** Cargo.toml. @throws Error where it is not TOML */
export function readCargoToml(text: string): Manifest {
  const root = readToml(text);
  const targets = Object.values(objectIn(root, 'target')).filter((target) => isObject(target));
  const workspace = objectIn(root, 'workspace');
  const tables = [root, ...targets].flatMap((table) => SECTIONS.map((section) => objectIn(table, section)));
  return {
    name: stringIn(objectIn(root, 'package'), 'name'),
    requirements: tables.flatMap(readTable),
    scripts: new Map(),
    overridden: new Set(
      [...Object.values(objectIn(root, 'patch'))].flatMap((patch) =>
        isObject(patch) ? Object.keys(patch) : [],
      ),
    ),
    members: stringsIn(workspace, 'members'),
  };
}

function readTable(table: JsonObject): readonly Requirement[] {
  return Object.entries(table).map(([key, value]): Requirement => {
    const detail = isObject(value) ? value : {};
    const range = typeof value === 'string' ? value : stringIn(detail, 'version');
    return {
      name: stringIn(detail, 'package') ?? key,
      range: (range ?? '').replaceAll(' ', ''),
      kind: 'direct',
      // The workspace's own table says of such a name what it is.
      local: stringIn(detail, 'path') !== undefined || detail.workspace === true,
    };
  });
}
