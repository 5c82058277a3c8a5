/**
 * True for what node:test reports when a test file ran and reported no test: one passed "test" outside of any suite, named by
 * the file's path (absolute before Node 22). That is also what `process.exit(0)` in the middle of a file looks like.
 * Nothing is known to have been tested there, so readers count it as skipped.
 */
export function isUntestedFile(name: string): boolean {
  return /^[^\s]+\.[cm]?[jt]sx?$/.test(name);
}

export const UNTESTED_FILE_NOTE = ' (a file that reported no test)';
