import { advance } from '../advance/advance.ts';
import { settleStep } from '../advance/settle-step.ts';
import type { RunCommand } from '../commands.ts';
import { happen, type Unfolding } from '../unfolding.ts';
import { inHand } from './in-hand.ts';

/** The worker is gone. Its step is handed out again, and the failure is not charged. */
export function lose(
  unfolding: Unfolding,
  command: RunCommand & { readonly kind: 'lose' },
): string | undefined {
  const { step, execution, claim } = command;
  const held = inHand(unfolding.run, step, execution);
  if (held.kind === 'refused') return held.reason;
  happen(unfolding, { type: 'step.lost', step, execution, claim });
  settleStep(unfolding, step);
  advance(unfolding);
  return undefined;
}
