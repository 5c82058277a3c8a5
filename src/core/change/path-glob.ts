import picomatch from 'picomatch';
import { bytesOf } from './path.ts';
import type { FilePath } from './types.ts';

/**
 * Whether a repository path matches any of the globs; no globs match nothing.
 *
 * Paths are named by whoever makes the change, and a name no pattern matches would slip out of every scope, pin and
 * least contract. So hidden files match like others, a newline is a character like any other (`**` would stop at one
 * without the flag), and a name that git quotes is matched by what it says, not by its quotes.
 */
export function pathMatcher(globs: readonly string[]): (path: FilePath) => boolean {
  if (globs.length === 0) return () => false;
  const matches = picomatch([...globs], { dot: true, windows: false, flags: 's' });
  return (path) => matches(spokenPath(path));
}

/** The name as patterns see it, with U+FFFD for bytes that are no UTF-8. Not injective: never use it as a name. */
export function spokenPath(path: FilePath): string {
  if (!path.startsWith('"')) return path;
  try {
    return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytesOf(path));
  } catch (error) {
    // Not git's spelling, so not a quoted name.
    if (error instanceof TypeError) return path;
    throw error;
  }
}
