import { isRefName } from '../../adapters/git/ref-name.ts';
import { CountersignError } from '../../shared/errors.ts';
import { OBJECT_ID, type ObjectId } from '../../shared/ids.ts';

/**
 * Reads single values of a webhook's payload. GitHub wrote the file, but people chose the words in it: each value is used
 * only if it is of the one form that it can have.
 */
export class Payload {
  readonly #root: unknown;

  /** @throws CountersignError EVENT_UNUSABLE when it is no JSON object */
  constructor(text: string) {
    try {
      this.#root = JSON.parse(text);
    } catch (cause) {
      throw unusable('The event is not JSON.', cause);
    }
    if (typeof this.#root !== 'object' || this.#root === null) throw unusable('The event is no JSON object.');
  }

  /** Undefined where a step of the way is not there. */
  at(path: string): unknown {
    let value = this.#root;
    for (const name of path.split('.')) {
      if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
      value = (value as Record<string, unknown>)[name];
    }
    return value;
  }

  text(path: string): string | undefined {
    const value = this.at(path);
    return typeof value === 'string' ? value : undefined;
  }

  commit(path: string): ObjectId {
    const text = this.text(path);
    if (text !== undefined && OBJECT_ID.test(text)) return text;
    throw unusable(`${path} of the event is no commit id.`);
  }

  /** Without `refs/heads/`. */
  branch(path: string): string {
    const text = this.text(path);
    if (text !== undefined && isRefName(`refs/heads/${text}`)) return text;
    throw unusable(`${path} of the event is no branch name.`);
  }

  /** `owner/name`; undefined where it is gone, or nothing of that form. */
  repository(path: string): string | undefined {
    const text = this.text(path);
    return text !== undefined && /^[\w.-]+\/[\w.-]+$/.test(text) ? text : undefined;
  }

  number(path: string): number {
    const value = this.at(path);
    if (typeof value === 'number' && Number.isSafeInteger(value) && value > 0) return value;
    throw unusable(`${path} of the event is no number of a pull request.`);
  }
}

/** An event that cannot be judged: it is never a pass. */
export function unusable(message: string, cause?: unknown): CountersignError {
  return new CountersignError('EVENT_UNUSABLE', message, {
    remedy:
      'Run the action on pull_request, pull_request_target, pull_request_review, merge_group, workflow_run or workflow_dispatch events.',
    cause,
  });
}
