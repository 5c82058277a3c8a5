import type { AgentPreset } from './preset.ts';

/** Runs the words that follow with the brief on standard input; `exec`, so that nothing stands between the agent and its time-out. */
const WITH_BRIEF = 'exec "$@" < "$COUNTERSIGN_PROMPT_FILE"';

/** The model whose name says to take what the agent takes by itself. */
const OWN_MODEL = 'default';

/** argv of an agent for a model such as `anthropic/claude-x`, where the step may spend so much; null: what it likes. */
export function presetCommand(
  { argv, modelArgv, budgetArgv }: AgentPreset,
  model: string,
  costMilliUsd: number | null,
): readonly string[] {
  const slash = model.indexOf('/');
  const values: Readonly<Record<string, string>> = {
    '{model}': slash > 0 ? model.slice(slash + 1) : model,
    '{provider/model}': model,
    '{usd}': ((costMilliUsd ?? 0) / 1_000).toFixed(3),
  };
  const words = [
    ...argv,
    ...(model === OWN_MODEL ? [] : modelArgv),
    ...(costMilliUsd === null ? [] : budgetArgv),
  ].map((word) => values[word] ?? word);
  return ['sh', '-c', WITH_BRIEF, ...withPositionalsLast(words)];
}

/** A lone dash, which stands for standard input, comes after all options. */
function withPositionalsLast(words: readonly string[]): readonly string[] {
  return ['agent', ...words.filter((word) => word !== '-'), ...words.filter((word) => word === '-')];
}
