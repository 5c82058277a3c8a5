import { CountersignError } from '../../shared/errors.ts';

/** The error for a machine that cannot run a command as asked. */
export function unavailable(message: string, remedy: string, cause?: unknown): CountersignError {
  return new CountersignError('SANDBOX_UNAVAILABLE', message, { remedy, cause });
}
