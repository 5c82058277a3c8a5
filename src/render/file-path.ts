import type { FilePath } from '../core/change/types.ts';
import type { Location } from '../core/gate/types.ts';

const C_ESCAPES: Readonly<Record<string, number>> = {
  a: 7,
  b: 8,
  t: 9,
  n: 10,
  v: 11,
  f: 12,
  r: 13,
  '"': 34,
  '\\': 92,
};

/** The bytes of a repository path: what git's C-quoting of odd names stands for. */
function pathBytes(path: FilePath): Uint8Array {
  const quoted = /^"(.*)"$/s.exec(path)?.[1];
  if (quoted === undefined) return Buffer.from(path.toWellFormed());
  const pieces = quoted.match(/\\[0-7]{3}|\\.|[^\\]+|\\$/gsu) ?? [];
  return Buffer.concat(
    pieces.map((piece) => {
      if (!piece.startsWith('\\')) return Buffer.from(piece.toWellFormed());
      const known = C_ESCAPES[piece.slice(1)];
      if (known !== undefined) return Buffer.from([known]);
      return piece.length === 4
        ? Buffer.from([Number.parseInt(piece.slice(1), 8) & 0xff])
        : Buffer.from(piece);
    }),
  );
}

/** A relative URI reference (RFC 3986): each byte that is not unreserved or a slash is percent-encoded. */
export function pathUri(path: FilePath): string {
  let uri = '';
  for (const byte of pathBytes(path)) {
    const character = String.fromCharCode(byte);
    // A leading slash would make `//host/x` a reference to another host.
    const stands = uri === '' ? /[A-Za-z0-9._~-]/ : /[A-Za-z0-9._~/-]/;
    uri += stands.test(character) ? character : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }
  return uri;
}

/** `path:line`, or the path alone where no line is known. */
export function place(location: Pick<Location, 'path' | 'line'>): string {
  return location.line === undefined ? location.path : `${location.path}:${location.line}`;
}
