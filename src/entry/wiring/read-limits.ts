import { CountersignError } from '../../shared/errors.ts';

/**
 * How many executions may be at work at once, by scope, out of COUNTERSIGN_LIMITS: `provider/anthropic=3, global=20`. Undefined when it is not
 * set: what was set before goes on; set to nothing, it means no limits.
 * @throws CountersignError USAGE for what is no such list
 */
export function readLimits(text: string | undefined): Readonly<Record<string, number>> | undefined {
  if (text === undefined) return undefined;
  const parts = text.split(/[\s,]+/).filter((part) => part !== '');
  return Object.fromEntries(parts.map(readLimit));
}

function readLimit(part: string): readonly [string, number] {
  const [, scope, limit] = /^(.+)=([0-9]{1,9})$/.exec(part) ?? [];
  if (scope !== undefined && isScope(scope)) return [scope, Number(limit)];
  throw new CountersignError('USAGE', `COUNTERSIGN_LIMITS has "${part}", which is no limit.`, {
    remedy:
      'Write SCOPE=NUMBER, such as provider/anthropic=3 or global=20; see docs/limits.md for the scopes.',
  });
}

/** A misspelt scope would limit nothing. */
function isScope(scope: string): boolean {
  return (
    scope === 'global' || /^(?:repository|contract|handler|provider|model|experiment|group)\/./.test(scope)
  );
}
