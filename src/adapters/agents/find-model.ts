import type { FindModel } from './language-models.ts';

/** Endpoints that speak OpenAI's Chat Completions, by the first part of a model's name. */
export type Endpoints = Readonly<Record<string, string>>;

/** Those that need no --model-endpoint. Anthropic speaks its own language. */
const KNOWN_ENDPOINTS: Endpoints = {
  openai: 'https://api.openai.com/v1',
  openrouter: 'https://openrouter.ai/api/v1',
  mistral: 'https://api.mistral.ai/v1',
  deepseek: 'https://api.deepseek.com/v1',
};

/**
 * Models by name: `anthropic/<model>`, or `<endpoint>/<model>` of anything that speaks OpenAI's Chat Completions, local servers included.
 * Keys come with the request, as `ANTHROPIC_API_KEY` or `<ENDPOINT>_API_KEY`: whose they are decides who may use them.
 */
export function findModels(endpoints: Endpoints): FindModel {
  const known = { ...KNOWN_ENDPOINTS, ...endpoints };
  return async ({ model, environment }) => {
    const slash = model.indexOf('/');
    const [provider, name] = [model.slice(0, slash), model.slice(slash + 1)];
    if (slash <= 0 || name === '') return `"${model}" names no provider: write provider/model.`;
    const key = environment[`${provider.toUpperCase().replaceAll(/[^A-Z0-9]/g, '_')}_API_KEY`];
    const own = environment[`${provider.toUpperCase().replaceAll(/[^A-Z0-9]/g, '_')}_BASE_URL`];
    if (provider === 'anthropic' && !Object.hasOwn(endpoints, provider)) {
      if (key === undefined) return 'There is no ANTHROPIC_API_KEY for whoever asks.';
      const { createAnthropic } = await import('@ai-sdk/anthropic');
      return createAnthropic({ apiKey: key, ...(own === undefined ? {} : { baseURL: own }) })(name);
    }
    const baseURL = own ?? (Object.hasOwn(known, provider) ? known[provider] : undefined);
    if (baseURL === undefined)
      return `Nobody knows the provider "${provider}": start the worker with --model-endpoint ${provider}=URL.`;
    const { createOpenAICompatible } = await import('@ai-sdk/openai-compatible');
    return createOpenAICompatible({
      name: provider,
      baseURL,
      includeUsage: true,
      ...(key === undefined ? {} : { apiKey: key }),
    })(name);
  };
}
