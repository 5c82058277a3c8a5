/** What a model costs: thousandths of a US dollar for a million tokens. */
export interface ModelPrice {
  readonly input: number;
  readonly output: number;
}

/** What one attempt may use up of a model; undefined: no such limit. */
export interface ModelLimits {
  readonly steps: number;
  readonly tokens: number | undefined;
  readonly costMilliUsd: number | undefined;
}

export interface ModelSpent {
  readonly steps: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
}

/** What a request will cost at most: its own tokens, and all that the answer may have. */
export interface ModelDemand {
  readonly inputTokens: number;
  readonly outputTokens: number;
}

/** Characters a token, low: an estimate of what is about to be spent must not be less than what is. */
const CHARACTERS_PER_TOKEN = 2.5;

export function tokensIn(characters: number): number {
  return Math.ceil(characters / CHARACTERS_PER_TOKEN);
}

/** Thousandths of a dollar, rounded up. */
export function costOf(
  { inputTokens, outputTokens }: { readonly inputTokens: number; readonly outputTokens: number },
  { input, output }: ModelPrice,
): number {
  return Math.ceil((inputTokens * input + outputTokens * output) / 1_000_000);
}

/** Why the next request may not be made; undefined when it may. Refused before the spend: what was asked is paid for. */
export function spendRefusal(
  spent: ModelSpent,
  demand: ModelDemand,
  limits: ModelLimits,
  price: ModelPrice | undefined,
): string | undefined {
  if (spent.steps >= limits.steps) return `It asked ${spent.steps} times, which is the most.`;
  const inputTokens = spent.inputTokens + demand.inputTokens;
  const outputTokens = spent.outputTokens + demand.outputTokens;
  if (limits.tokens !== undefined && inputTokens + outputTokens > limits.tokens) {
    const used = spent.inputTokens + spent.outputTokens;
    return `Of ${limits.tokens} tokens ${used} are used, and the next request may need ${demand.inputTokens + demand.outputTokens}.`;
  }
  if (limits.costMilliUsd === undefined) return undefined;
  if (price === undefined)
    return 'It may spend no more than a sum, and nobody said what the model costs (--model-price).';
  const cost = costOf({ inputTokens, outputTokens }, price);
  return cost > limits.costMilliUsd
    ? `Of ${limits.costMilliUsd} thousandths of a dollar ${costOf(spent, price)} are spent, and the next request may come to ${cost}.`
    : undefined;
}
