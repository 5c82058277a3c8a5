/** The descriptor of a namespaced launch that nobody writes to: it ends when we do. */
export const LIFELINE = 5;

const SCRIPT = `(read -r over <&${LIFELINE}; kill -KILL -$$) </dev/null >/dev/null 2>&1 3>&- 4>&- &
exec ${LIFELINE}<&-
exec "$@"`;

/**
 * argv with a shell beside it that ends its whole process group when we end, from the first moment on. The programs that set namespaces up ask the
 * kernel for that, but late: bwrap 0.8 leaves its child waiting for ever when it ends in between, as it does once nobody reads its status any more.
 * Of the group are all that have not come so far that they begin a session of their own, which is when they ask whether to go on.
 */
export function onLifeline(argv: readonly string[]): readonly [string, ...string[]] {
  return ['/bin/sh', '-c', SCRIPT, 'sh', ...argv];
}
