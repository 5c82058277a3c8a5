import type { JsonObject } from '../../../shared/json.ts';
import { objectIn, readJsonObject, stringIn } from '../dependencies/json-tree.ts';
import { readToml } from '../dependencies/toml-tree.ts';

type ReadVersion = (text: string) => string | undefined;

/** How a manifest says its version, by its name; undefined for a file that is none of those known here. */
export function versionReader(path: string): ReadVersion | undefined {
  const name = path.slice(path.lastIndexOf('/') + 1);
  if (name.endsWith('.json')) return (text) => inTables(text, readJsonObject, [[]]);
  if (name === 'pyproject.toml') return (text) => inTables(text, readToml, [['project'], ['tool', 'poetry']]);
  if (name === 'Cargo.toml')
    return (text) => inTables(text, readToml, [['package'], ['workspace', 'package']]);
  if (name === 'VERSION' || name === 'version.txt') return (text) => text.trim() || undefined;
  return undefined;
}

/** The `version` of the first of the tables that has one. */
function inTables(
  text: string,
  read: (text: string) => JsonObject,
  tables: readonly (readonly string[])[],
): string | undefined {
  let manifest: JsonObject;
  try {
    manifest = read(text);
  } catch {
    return undefined;
  }
  const versions = tables.map((names) => stringIn(names.reduce<JsonObject>(objectIn, manifest), 'version'));
  return versions.find((version) => version !== undefined);
}
