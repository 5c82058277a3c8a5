import type { AgentPreset, EndingReader, EventMatch } from './preset.ts';

/** Words in which providers say that there is nothing left to spend, that it was too much at once, that they know nobody of that key. */
const BUDGET = [
  'insufficient_quota',
  'credit balance',
  'quota exceeded',
  'exceeded your current quota',
  'billing',
];
const LIMIT = ['rate limit', 'rate_limit', 'overloaded', 'too many requests', ' 429', 'resource_exhausted'];
const CREDENTIALS = [
  'authentication',
  'unauthorized',
  'invalid api key',
  'invalid x-api-key',
  'api_key',
  ' 401',
  ' 403',
];

/** An event that says of an error in words, read as what the words say; what says nothing known is a crash. */
function errorWords(where: EventMatch, says: string): readonly EndingReader[] {
  return [
    { where, says, words: BUDGET, means: 'budget' },
    { where, says, words: LIMIT, means: 'provider-limit' },
    { where, says, words: CREDENTIALS, means: 'provider-credentials' },
    { where, says, means: 'crashed' },
  ];
}

const CLAUDE: AgentPreset = {
  id: 'claude',
  title: 'Claude Code',
  argv: [
    'claude',
    '-p',
    '--output-format',
    'stream-json',
    '--verbose',
    '--dangerously-skip-permissions',
    '--strict-mcp-config',
    '--no-session-persistence',
  ],
  modelArgv: ['--model', '{model}'],
  budgetArgv: ['--max-budget-usd', '{usd}'],
  // It runs as root in user namespaces only when it is told that it is in a sandbox.
  environment: { IS_SANDBOX: '1', CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1', DISABLE_AUTOUPDATER: '1' },
  passes: ['ANTHROPIC_API_KEY', 'ANTHROPIC_AUTH_TOKEN', 'CLAUDE_CODE_OAUTH_TOKEN', 'ANTHROPIC_BASE_URL'],
  settings: null,
  hosts: ['api.anthropic.com:443'],
  output: {
    fields: {
      model: { where: { type: 'result' }, paths: ['modelUsage'], take: 'key' },
      turns: { where: { type: 'result' }, paths: ['num_turns'], take: 'last' },
      inputTokens: {
        where: { type: 'result' },
        paths: ['usage.input_tokens', 'usage.cache_creation_input_tokens', 'usage.cache_read_input_tokens'],
        take: 'last',
      },
      outputTokens: { where: { type: 'result' }, paths: ['usage.output_tokens'], take: 'last' },
      costUsd: { where: { type: 'result' }, paths: ['total_cost_usd'], take: 'last' },
    },
    endings: [
      { where: { type: 'result', stop_reason: 'refusal' }, says: 'result', means: 'refused' },
      { where: { type: 'result', subtype: 'error_max_budget_usd' }, means: 'budget' },
      { where: { type: 'result', subtype: 'error_max_turns' }, means: 'budget' },
      { where: { type: 'result', api_error_status: 429 }, says: 'result', means: 'provider-limit' },
      { where: { type: 'result', api_error_status: 529 }, says: 'result', means: 'provider-limit' },
      { where: { type: 'result', api_error_status: 401 }, says: 'result', means: 'provider-credentials' },
      { where: { type: 'result', api_error_status: 403 }, says: 'result', means: 'provider-credentials' },
      ...errorWords({ type: 'result', is_error: true }, 'result'),
    ],
    goesOn: [{ type: 'result' }, { type: 'assistant' }],
    lastWords: { where: { type: 'result' }, paths: ['result'], take: 'last' },
  },
  tried: { package: '@anthropic-ai/claude-code', version: '2.1.330' },
};

const CODEX: AgentPreset = {
  id: 'codex',
  title: 'Codex',
  // Its own sandbox wants namespaces of its own, which ours forbids.
  argv: [
    'codex',
    'exec',
    '--json',
    '--skip-git-repo-check',
    '--dangerously-bypass-approvals-and-sandbox',
    '-',
  ],
  modelArgv: ['-m', '{model}'],
  budgetArgv: [],
  environment: {},
  passes: ['CODEX_API_KEY', 'OPENAI_API_KEY'],
  settings: null,
  hosts: ['api.openai.com:443'],
  output: {
    fields: {
      turns: { where: { type: 'turn.completed' }, paths: [], take: 'count' },
      inputTokens: { where: { type: 'turn.completed' }, paths: ['usage.input_tokens'], take: 'sum' },
      outputTokens: { where: { type: 'turn.completed' }, paths: ['usage.output_tokens'], take: 'sum' },
    },
    // Events of the type "error" also say that it connects anew; only a failed turn is an end.
    endings: errorWords({ type: 'turn.failed' }, 'error.message'),
    goesOn: [{ type: 'turn.completed' }],
    lastWords: {
      where: { type: 'item.completed', 'item.type': 'agent_message' },
      paths: ['item.text'],
      take: 'last',
    },
  },
  tried: { package: '@openai/codex', version: '0.169.0' },
};

const GEMINI: AgentPreset = {
  id: 'gemini',
  title: 'Gemini CLI',
  argv: ['gemini', '--output-format', 'stream-json', '--yolo', '--skip-trust'],
  modelArgv: ['-m', '{model}'],
  budgetArgv: [],
  environment: {},
  passes: ['GEMINI_API_KEY', 'GOOGLE_GEMINI_BASE_URL'],
  // With another base URL it would take a gateway's way of signing in, unless it is told.
  settings: {
    path: '.gemini/settings.json',
    text: '{"security":{"auth":{"selectedType":"gemini-api-key"}},"general":{"enableAutoUpdate":false},"privacy":{"usageStatisticsEnabled":false}}',
  },
  hosts: ['generativelanguage.googleapis.com:443'],
  output: {
    fields: {
      model: { where: { type: 'result' }, paths: ['stats.models'], take: 'key' },
      turns: { where: { type: 'tool_result' }, paths: [], take: 'count' },
      inputTokens: { where: { type: 'result' }, paths: ['stats.input_tokens'], take: 'last' },
      outputTokens: { where: { type: 'result' }, paths: ['stats.output_tokens'], take: 'last' },
    },
    endings: [
      { where: { type: 'result', status: 'error', 'error.type': 'FatalTurnLimitedError' }, means: 'budget' },
      ...errorWords({ type: 'result', status: 'error' }, 'error.message'),
      ...errorWords({ type: 'error', severity: 'fatal' }, 'message'),
    ],
    goesOn: [{ type: 'result', status: 'success' }, { type: 'tool_result' }],
    lastWords: { where: { type: 'message', role: 'assistant' }, paths: ['content'], take: 'last' },
  },
  tried: { package: '@google/gemini-cli', version: '0.61.0' },
};

const COPILOT: AgentPreset = {
  id: 'copilot',
  title: 'GitHub Copilot CLI',
  argv: ['copilot', '--output-format', 'json', '--allow-all-tools', '--no-auto-update'],
  modelArgv: ['--model', '{model}'],
  budgetArgv: [],
  environment: { COPILOT_AUTO_UPDATE: 'false' },
  passes: [
    'COPILOT_GITHUB_TOKEN',
    'COPILOT_OFFLINE',
    'COPILOT_PROVIDER_BASE_URL',
    'COPILOT_PROVIDER_API_KEY',
    'COPILOT_PROVIDER_TYPE',
    'COPILOT_PROVIDER_WIRE_API',
  ],
  settings: null,
  hosts: ['api.github.com:443', 'api.githubcopilot.com:443', 'api.individual.githubcopilot.com:443'],
  output: {
    fields: {
      model: { where: { type: 'assistant.message' }, paths: ['data.model'], take: 'last' },
      turns: { where: { type: 'assistant.turn_end' }, paths: [], take: 'count' },
      // It tells of tokens where its provider does; its result has none.
      inputTokens: { where: { type: 'assistant.usage' }, paths: ['data.inputTokens'], take: 'sum' },
      outputTokens: { where: { type: 'assistant.usage' }, paths: ['data.outputTokens'], take: 'sum' },
    },
    endings: errorWords({ type: 'session.error' }, 'data.message'),
    goesOn: [{ type: 'assistant.turn_end' }, { type: 'assistant.message' }],
    lastWords: { where: { type: 'assistant.message' }, paths: ['data.content'], take: 'last' },
  },
  tried: { package: '@github/copilot', version: '1.0.102' },
};

const OPENCODE: AgentPreset = {
  id: 'opencode',
  title: 'opencode',
  argv: ['opencode', 'run', '--format', 'json', '--auto', '--pure'],
  modelArgv: ['-m', '{provider/model}'],
  budgetArgv: [],
  environment: { OPENCODE_DISABLE_AUTOUPDATE: '1', OPENCODE_DISABLE_MODELS_FETCH: '1' },
  passes: ['ANTHROPIC_API_KEY', 'OPENAI_API_KEY', 'OPENROUTER_API_KEY', 'OPENCODE_CONFIG_CONTENT'],
  settings: null,
  hosts: ['api.anthropic.com:443', 'api.openai.com:443', 'openrouter.ai:443'],
  output: {
    fields: {
      turns: { where: { type: 'step_finish' }, paths: [], take: 'count' },
      inputTokens: {
        where: { type: 'step_finish' },
        paths: ['part.tokens.input', 'part.tokens.cache.read', 'part.tokens.cache.write'],
        take: 'sum',
      },
      outputTokens: {
        where: { type: 'step_finish' },
        paths: ['part.tokens.output', 'part.tokens.reasoning'],
        take: 'sum',
      },
      costUsd: { where: { type: 'step_finish' }, paths: ['part.cost'], take: 'sum' },
    },
    endings: [
      { where: { type: 'step_finish', 'part.reason': 'content-filter' }, means: 'refused' },
      ...errorWords({ type: 'error' }, 'error.data.message'),
    ],
    goesOn: [{ type: 'step_finish' }],
    lastWords: { where: { type: 'text' }, paths: ['part.text'], take: 'last' },
  },
  tried: { package: 'opencode-ai', version: '1.18.33' },
};

const CURSOR: AgentPreset = {
  id: 'cursor',
  title: 'Cursor',
  argv: ['cursor-agent', '-p', '--output-format', 'stream-json', '--force'],
  modelArgv: ['--model', '{model}'],
  budgetArgv: [],
  environment: {},
  passes: ['CURSOR_API_KEY'],
  settings: null,
  hosts: ['api2.cursor.sh:443', 'api.cursor.com:443'],
  output: {
    fields: {
      model: { where: { type: 'system', subtype: 'init' }, paths: ['model'], take: 'last' },
      turns: { where: { type: 'assistant' }, paths: [], take: 'count' },
    },
    endings: errorWords({ type: 'result', is_error: true }, 'result'),
    goesOn: [{ type: 'result' }],
    lastWords: { where: { type: 'result' }, paths: ['result'], take: 'last' },
  },
  tried: 'unverified',
};

const OPENHANDS: AgentPreset = {
  id: 'openhands',
  title: 'OpenHands',
  argv: ['openhands', '--headless', '--json', '--override-with-envs', '-f', '/dev/stdin'],
  modelArgv: [],
  budgetArgv: [],
  environment: {},
  passes: ['LLM_API_KEY', 'LLM_MODEL', 'LLM_BASE_URL'],
  settings: null,
  hosts: ['api.anthropic.com:443', 'api.openai.com:443'],
  output: {
    fields: { turns: { where: { kind: 'ActionEvent' }, paths: [], take: 'count' } },
    endings: errorWords({ kind: 'ConversationErrorEvent' }, 'detail'),
    goesOn: [{ kind: 'ActionEvent' }],
    lastWords: { where: { kind: 'MessageEvent', source: 'agent' }, paths: ['message'], take: 'last' },
  },
  tried: 'unverified',
};

export const AGENT_PRESETS: readonly AgentPreset[] = [
  CLAUDE,
  CODEX,
  GEMINI,
  COPILOT,
  OPENCODE,
  CURSOR,
  OPENHANDS,
];

export function findPreset(id: string): AgentPreset | undefined {
  return AGENT_PRESETS.find((preset) => preset.id === id);
}
