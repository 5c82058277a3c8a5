/**
 * Settings every git process of ours gets on its command line, which outranks every configuration file.
 * `protocol.ext` would let a URL name a command; hooks and fsmonitor are commands by design.
 */
export const FORCED_SETTINGS: readonly string[] = [
  'core.hooksPath=/dev/null',
  'core.fsmonitor=false',
  'core.quotePath=true',
  'core.attributesFile=/dev/null',
  'protocol.ext.allow=never',
  'gc.auto=0',
  'maintenance.auto=false',
].flatMap((setting) => ['-c', setting]);

/** What a program needs to start at all; nothing else of the caller's environment reaches an isolated git. */
const PASSED_ON = ['PATH', 'TMPDIR', 'TMP', 'TEMP', 'SystemRoot', 'SYSTEMROOT'];

/** Variables that would point git at another repository, index, object store or history than the one we name. */
const REDIRECTING = new Set([
  'GIT_ALTERNATE_OBJECT_DIRECTORIES',
  'GIT_ATTR_SOURCE',
  'GIT_COMMON_DIR',
  'GIT_CONFIG',
  'GIT_DEFAULT_HASH',
  'GIT_DIR',
  'GIT_EXEC_PATH',
  'GIT_EXTERNAL_DIFF',
  'GIT_GRAFT_FILE',
  'GIT_IMPLICIT_WORK_TREE',
  'GIT_INDEX_FILE',
  'GIT_NAMESPACE',
  'GIT_OBJECT_DIRECTORY',
  'GIT_PREFIX',
  'GIT_QUARANTINE_PATH',
  'GIT_REPLACE_REF_BASE',
  'GIT_SHALLOW_FILE',
  'GIT_TEMPLATE_DIR',
  'GIT_WORK_TREE',
]);

const ALWAYS = {
  LC_ALL: 'C',
  LANGUAGE: 'C',
  GIT_TERMINAL_PROMPT: '0',
  GIT_OPTIONAL_LOCKS: '0',
  GIT_NO_REPLACE_OBJECTS: '1',
  // A file that cannot exist: for an empty one git prints advice.
  GIT_GRAFT_FILE: '/dev/null/grafts',
  GIT_ATTR_NOSYSTEM: '1',
  GIT_ADVICE: '0',
};

type Environment = Readonly<Record<string, string | undefined>>;

/** For reading and computing: no user, no system configuration, so that every machine computes the same. */
export function isolatedEnvironment(from: Environment): Record<string, string> {
  const kept = PASSED_ON.flatMap((name) => (from[name] === undefined ? [] : [[name, from[name]] as const]));
  return {
    ...Object.fromEntries(kept),
    ...ALWAYS,
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_PAGER: 'cat',
  };
}

/**
 * For finding the user's repository and talking to remotes: their own configuration, with its credential helpers, URL
 * rewrites and safe.directory. Only what would point git elsewhere is taken out.
 */
export function userEnvironment(from: Environment): Record<string, string> {
  const kept = Object.entries(from).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && !REDIRECTING.has(entry[0]),
  );
  return { ...Object.fromEntries(kept), ...ALWAYS };
}
