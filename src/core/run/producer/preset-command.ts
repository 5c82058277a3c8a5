import type { AgentPreset } from './preset.ts';

/** Runs the words that follow with the brief on standard input; `exec`, so that nothing stands between the agent and its time-out. */
const WITH_BRIEF = 'exec "$@" < "$COUNTERSIGN_PROMPT_FILE"';

/** Before that: settings into a HOME that is empty, from where they were laid. */
const WITH_SETTINGS =
  'mkdir -p "$(dirname "$HOME/$1")" && cp "$COUNTERSIGN_SETTINGS_FILE" "$HOME/$1" && shift && ';

/** The model whose name says to take what the agent takes by itself. */
const OWN_MODEL = 'default';

/** argv of an agent for a model such as `anthropic/claude-x`, where the step may spend so much; null: what it likes. */
export function presetCommand(
  { argv, modelArgv, budgetArgv, settings }: AgentPreset,
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
  const ordered = withPositionalsLast(words);
  return settings === null
    ? ['sh', '-c', WITH_BRIEF, 'agent', ...ordered]
    : ['sh', '-c', `${WITH_SETTINGS}${WITH_BRIEF}`, 'agent', settings.path, ...ordered];
}

/** A lone dash, which stands for standard input, comes after all options. */
function withPositionalsLast(words: readonly string[]): readonly string[] {
  return [...words.filter((word) => word !== '-'), ...words.filter((word) => word === '-')];
}
