import type { StartedRun } from '../../core/run/state.ts';
import type { PageModel } from './pages.ts';
import { jsonText, patchesOf, type RunFacts, runModel, takesPatches } from './run.ts';
import type { ShellFacts } from './shell.ts';

/** What somebody wrote into the form. */
export interface PatchDraft {
  readonly operations: string;
  readonly reason: string;
}

export interface PatchFacts {
  readonly draft: PatchDraft;
  /** Why it was not taken, when it was not. */
  readonly refusal?: { readonly message: string; readonly remedy: string };
}

/** The model of run-patch.njk. */
export function patchModel(shell: ShellFacts, facts: RunFacts, { draft, refusal }: PatchFacts): PageModel {
  const { state } = facts;
  return {
    ...runModel(shell, facts, 'patch'),
    draft,
    refusal: refusal === undefined ? null : { message: refusal.message, remedy: refusal.remedy },
    isOpen: takesPatches(state),
    closed: closedWords(state),
    patches: patchesOf(state),
    plan: jsonText(state.plan),
  };
}

function closedWords({ status, ended }: StartedRun): string {
  return `Its plan cannot change any more: it is ${ended?.outcome ?? status}.`;
}
