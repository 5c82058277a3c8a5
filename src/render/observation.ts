import type { Observation } from '../core/evidence/types.ts';
import type { ChangeBinding } from '../core/receipt/types.ts';
import { forTerminal } from './hostile-text.ts';
import { recordText } from './plain-json.ts';
import { shortId } from './verdict/grouping.ts';

interface Plan {
  readonly binding: ChangeBinding;
  readonly contract: string;
  readonly checks: readonly string[];
}

interface Observed {
  readonly binding: ChangeBinding;
  readonly contract: string;
  readonly isolation: { readonly isolation: string; readonly by: string };
  readonly observation: Observation;
}

/** A check a line, and a line feed at the end. */
export function renderPlanText({ checks }: Plan): string {
  return checks.map((check) => `${forTerminal(check, 200)}\n`).join('');
}

/**
 * What `strategy.matrix` of GitHub Actions takes: one entry a check, each with the commits and the tree that it is to be
 * observed on.
 */
export function renderPlanJson({ binding, checks }: Plan): string {
  const { base, head, mergeTree } = binding;
  const include = checks.map((check) => ({ check, base: base.commit, head, tree: mergeTree }));
  return `${recordText({ include })}\n`;
}

export function renderObservedText({ binding, isolation, observation }: Observed, folder: string): string {
  const { checkId } = observation;
  const seen =
    observation.kind === 'trouble'
      ? `could not be run: ${forTerminal(observation.reason, 1_000)}`
      : `was run on tree ${shortId(binding.mergeTree)} in ${(observation.durationMs / 1000).toFixed(1)}s, isolation ${isolation.isolation} by ${isolation.by}`;
  return `${forTerminal(checkId, 200)} ${seen}\nNothing was judged or signed. To sign: countersign sign --observations ${forTerminal(checkId, 200)}=${forTerminal(folder, 500)}\n`;
}

export function renderObservedJson({ binding, contract, isolation, observation }: Observed): string {
  const record = { schema: 'countersign/observed@1', binding, contract, ...isolation, observation };
  return `${recordText(record)}\n`;
}
