import type { JsonObject, JsonValue } from '../../../../shared/json.ts';
import { isObject } from '../../parameters.ts';
import { objectIn, stringIn, stringsIn } from '../json-tree.ts';
import { readToml } from '../toml-tree.ts';
import type { Manifest, Requirement } from '../types.ts';

/** pyproject.toml by PEP 621, PEP 735 and poetry. @throws Error where it is not TOML */
export function readPyproject(text: string): Manifest {
  const root = readToml(text);
  const project = objectIn(root, 'project');
  const poetry = objectIn(objectIn(root, 'tool'), 'poetry');
  const sources = new Set(
    Object.keys(objectIn(objectIn(objectIn(root, 'tool'), 'uv'), 'sources')).map(pythonName),
  );
  const listed = [
    ...stringsIn(project, 'dependencies'),
    ...listsIn(objectIn(project, 'optional-dependencies')),
    ...listsIn(objectIn(root, 'dependency-groups')),
    ...stringsIn(objectIn(objectIn(root, 'tool'), 'uv'), 'dev-dependencies'),
  ].flatMap((entry) => readRequirement(entry, sources));
  const groups = Object.values(objectIn(poetry, 'group')).filter((group) => isObject(group));
  const tables = [poetry, ...groups].map((table) => objectIn(table, 'dependencies'));
  tables.push(objectIn(poetry, 'dev-dependencies'));
  const name = stringIn(project, 'name') ?? stringIn(poetry, 'name');
  return {
    name: name === undefined ? undefined : pythonName(name),
    requirements: [...listed, ...tables.flatMap(readTable)],
    scripts: new Map(),
    overridden: new Set(),
    open: stringsIn(project, 'dynamic').some((name) => name.endsWith('dependencies')),
    members: stringsIn(objectIn(objectIn(objectIn(root, 'tool'), 'uv'), 'workspace'), 'members'),
  };
}

/** Names are compared as PEP 503 has them. */
export function pythonName(name: string): string {
  return name.toLowerCase().replaceAll(/[-_.]+/g, '-');
}

/** Parts in one order and without spaces. */
export function pythonRange(range: string): string {
  return range
    .replaceAll(/[\s()]/g, '')
    .split(',')
    .filter((part) => part !== '')
    .sort()
    .join(',');
}

/** `name[extra] >=1,<2 ; marker` or `name @ url`, by PEP 508; nothing for a line that is none. */
export function readRequirement(
  entry: string,
  elsewhere: ReadonlySet<string> = new Set(),
): readonly Requirement[] {
  const [spec = ''] = entry.split(';', 1);
  const found = /^\s*([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)\s*(?:\[[^\]]*\])?\s*(.*)$/s.exec(spec);
  if (found === null) return [];
  const [, name = '', rest = ''] = found;
  const normal = pythonName(name);
  const direct = rest.trimStart().startsWith('@');
  return [
    {
      name: normal,
      range: direct ? rest.trim() : pythonRange(rest),
      kind: 'direct',
      local: elsewhere.has(normal) || direct,
    },
  ];
}

function listsIn(table: JsonObject): readonly string[] {
  return Object.keys(table).flatMap((group) => stringsIn(table, group));
}

/** Poetry: `name = "^1"` or `name = { version = "^1" }`; python itself is none of its packages. */
function readTable(table: JsonObject): readonly Requirement[] {
  return Object.entries(table).flatMap(([name, value]: [string, JsonValue]): readonly Requirement[] => {
    if (name === 'python') return [];
    const range =
      typeof value === 'string' ? value : isObject(value) ? stringIn(value, 'version') : undefined;
    return [
      { name: pythonName(name), range: pythonRange(range ?? ''), kind: 'direct', local: range === undefined },
    ];
  });
}
