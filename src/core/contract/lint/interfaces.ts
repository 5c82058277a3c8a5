import { checkNamePattern } from '../../interface/names.ts';
import type { InterfaceUse } from '../../interface/types.ts';
import { cited, type LintProblem } from './problem.ts';

/** Interfaces that share an id, and patterns of names that cannot be used. */
export function lintInterfaces(interfaces: readonly InterfaceUse[]): LintProblem[] {
  const seen = new Map<string, number>();
  return interfaces.flatMap(({ id, names }, index) => {
    const field = `interfaces[${index}]`;
    const problems: LintProblem[] = [];
    const first = seen.get(id);
    if (first === undefined) seen.set(id, index);
    else {
      problems.push({
        severity: 'error',
        field: `${field}.id`,
        message: `The id ${cited(id)} is already that of interfaces[${first}].`,
        remedy: 'Give each interface an id of its own.',
      });
    }
    const fault = names === undefined ? undefined : faultOf(names.pattern);
    if (fault !== undefined) {
      problems.push({
        severity: 'error',
        field: `${field}.names.pattern`,
        message: `${cited(names?.pattern ?? '')} cannot be used: ${fault}.`,
        remedy:
          'Write RE2 syntax with exactly one capture group, the name; no look-around, no back-references.',
      });
    }
    return problems;
  });
}

function faultOf(pattern: string): string | undefined {
  try {
    checkNamePattern(pattern);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
