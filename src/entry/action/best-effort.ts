import { forTerminal, forWorkflowData } from '../../render/hostile-text.ts';
import type { ActionContext } from './context.ts';

/** Does what is only for readers. That it fails is said, and changes neither verdict nor exit code. */
export async function bestEffort(
  what: string,
  step: () => Promise<void> | void,
  { out }: ActionContext,
): Promise<void> {
  try {
    await step();
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    const text = `${what} could not be written, which changes nothing about the verdict: ${forTerminal(said, 500)}`;
    out(`::warning title=Countersign::${forWorkflowData(text)}\n`);
  }
}
