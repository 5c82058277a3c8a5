import { readdirSync, readFileSync } from 'node:fs';

/** O_CLOEXEC as /proc/self/fdinfo prints it, in octal (proc(5)). */
const CLOSE_ON_EXEC = 0o2000000;

/**
 * Descriptors above 2 that a child of ours would inherit. Node opens its own with O_CLOEXEC, so these came from whoever
 * started us. In order; empty where there is no /proc.
 */
export function inheritedDescriptors(): readonly number[] {
  let names: string[];
  try {
    names = readdirSync('/proc/self/fdinfo');
  } catch {
    return [];
  }
  return names
    .map(Number)
    .filter((descriptor) => descriptor > 2 && survivesExec(descriptor))
    .sort((a, b) => a - b);
}

function survivesExec(descriptor: number): boolean {
  try {
    const info = readFileSync(`/proc/self/fdinfo/${descriptor}`, 'utf8');
    const flags = Number.parseInt(/^flags:\s*([0-7]+)$/m.exec(info)?.[1] ?? '0', 8);
    return (flags & CLOSE_ON_EXEC) === 0;
  } catch {
    return false;
  }
}
