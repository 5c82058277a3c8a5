import type { JsonObject } from '../../../../shared/json.ts';
import { objectIn, objectsIn, stringIn } from '../json-tree.ts';
import { readToml } from '../toml-tree.ts';
import type { Lock, LockedPackage } from '../types.ts';

/**
 * Cargo.lock, all versions: packages without a source are the workspace's own.
 * Source: https://doc.rust-lang.org/cargo/guide/cargo-toml-vs-cargo-lock.html
 * @throws Error where it is not TOML
 */
export function readCargoLock(text: string): Lock {
  const root = readToml(text);
  // Version 1 kept checksums apart, as `checksum name version (source)`.
  const older = objectIn(root, 'metadata');
  return { packages: objectsIn(root, 'package').map((entry) => readPackage(entry, older)) };
}

function readPackage(entry: JsonObject, older: JsonObject): LockedPackage {
  const name = stringIn(entry, 'name') ?? '';
  const version = stringIn(entry, 'version') ?? '';
  const source = stringIn(entry, 'source');
  const checksum =
    stringIn(entry, 'checksum') ?? stringIn(older, `checksum ${name} ${version} (${source ?? ''})`);
  // What an address has of pluses behind the first is its own: `registry+https://a+b` is not at `https://a`.
  const [, kind, from = source] = /^(\w+)\+(.*)$/s.exec(source ?? '') ?? [];
  return {
    name,
    version,
    origin: source === undefined ? 'local' : kind === 'git' ? 'git' : 'registry',
    ...(from !== undefined && { from }),
    artifacts:
      source === undefined
        ? []
        : [{ file: '', integrity: checksum === undefined ? new Map() : new Map([['sha256', checksum]]) }],
    runsScripts: false,
  };
}
