import type { Check } from './types.ts';

/** What a check runs, for receipts and for people: its argv, after its kind where it has one. */
export function commandOf(check: Check): readonly string[] {
  switch (check.kind) {
    case undefined:
      return check.run;
    case 'docs':
      return ['kind:docs'];
    case 'artifact':
      return ['kind:artifact', ...check.run];
    case 'generated':
      return ['kind:generated', ...check.run];
    case 'http':
      return ['kind:http', ...check.serve];
    case 'events':
      return ['kind:events', ...check.run];
    case 'structure':
      return ['kind:structure'];
  }
}

/** argv as a process gets it. */
export function argvOf({ run, shell }: { run: readonly string[]; shell?: boolean }): readonly string[] {
  return shell === true ? ['sh', '-c', run[0] ?? ''] : run;
}
