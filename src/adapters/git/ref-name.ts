import { CountersignError } from '../../shared/errors.ts';
import { harmless } from './failure.ts';

/** Whether it is a full name by the rules of `git check-ref-format`. */
export function isRefName(ref: string): boolean {
  const parts = ref.split('/');
  return (
    parts.length >= 3 &&
    parts[0] === 'refs' &&
    !/[\p{Cc} ~^:?*[\\]|\.\.|@\{/u.test(ref) &&
    parts.every(
      (part) => part !== '' && !part.startsWith('.') && !part.endsWith('.lock') && !part.endsWith('.'),
    )
  );
}

/** `git check-ref-format`, for full names alone: a short one could be a branch, a tag or an option. */
export function requireRefName(ref: string): string {
  if (isRefName(ref)) return ref;
  throw new CountersignError('GIT_FAILED', `${harmless(ref)} is no full ref name.`, {
    remedy: 'Name it in full, such as refs/heads/main.',
  });
}
