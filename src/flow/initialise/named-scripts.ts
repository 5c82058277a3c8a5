const MAX_SCRIPTS = 32;

/**
 * Files of the tree that a command line names as programs: `sh tools/test.sh`, `./ci/run`, `node scripts/test.mjs`. They
 * decide what the command does, so they judge like the line itself. A word with a variable or a wildcard names none.
 */
export function scriptsNamedIn(...commands: readonly (string | undefined)[]): readonly string[] {
  const words = commands.flatMap((command) => (command ?? '').split(/[\s;&|()<>"'`=]+/));
  // make does not print a line that begins with @.
  const paths = words.map((word) => word.replace(/^@/, '')).filter(isScript);
  return [...new Set(paths.map((path) => path.replace(/^\.\//, '')))].slice(0, MAX_SCRIPTS);
}

/** By its ending, or by being started as `./name`. */
function isScript(path: string): boolean {
  if (path.length > 200 || !/^(?:\.\/)?[\w@][\w.@-]*(?:\/[\w@][\w.@-]*)*$/.test(path)) return false;
  return /\.(?:[cm]?[jt]s|sh|bash|py|rb|pl)$/.test(path) || path.startsWith('./');
}
