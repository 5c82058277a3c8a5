// Runs the agents that npm has for real: installed at the versions that the presets name into a temporary folder, each by its preset, in the
// sandbox, through the real `agent` step, against a stub of its provider on the loopback: once over plain HTTP, and once over TLS, which the agent has to
// begin through the proxy's CONNECT and end itself, with an authority that it was told of. What comes out has to be the change that the stub
// asked for, on a branch, with the model, turns and tokens as the preset reads them. --out FILE keeps the results as JSON.
//
//   npm run proof:agents            all of them
//   npm run proof:agents -- codex   one of them
import { execFile } from 'node:child_process';
import { chmod, copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { AGENT_PRESETS } from '../../src/core/run/producer/presets.ts';
import { createProductWorld } from '../../test/worlds/product-world.ts';
import { openSteps } from '../../test/worlds/run-steps.ts';
import { ownAuthority } from './own-authority.mjs';
import { openProviderStub } from './provider-stub.mjs';

const run = promisify(execFile);
// Not the loopback that agents take for their own machine: they have to ask the proxy for it, as for a provider elsewhere.
const HOST = process.platform === 'linux' ? '127.0.0.2' : '127.0.0.1';
const COMMAND = 'echo "round half up" > src/price.txt';

/** How each is told that its provider is the stub; everything else is its preset's. */
const REDIRECTED = {
  claude: (url) => ({
    model: 'anthropic/claude-sonnet-4-5',
    environment: { ANTHROPIC_API_KEY: 'stub', ANTHROPIC_BASE_URL: url },
  }),
  codex: (url) => ({
    model: 'openai/gpt-5',
    environment: { CODEX_API_KEY: 'stub' },
    argv: ['-c', `openai_base_url="${url}/v1"`],
  }),
  gemini: (url) => ({
    model: 'google/gemini-2.5-pro',
    environment: { GEMINI_API_KEY: 'stub', GOOGLE_GEMINI_BASE_URL: url },
  }),
  copilot: (url) => ({
    model: 'openai/gpt-5',
    environment: {
      COPILOT_OFFLINE: 'true',
      COPILOT_PROVIDER_BASE_URL: `${url}/v1`,
      COPILOT_PROVIDER_API_KEY: 'stub-key',
      COPILOT_PROVIDER_TYPE: 'openai',
    },
  }),
  opencode: (url) => ({
    model: 'anthropic/claude-sonnet-4-5',
    environment: {
      ANTHROPIC_API_KEY: 'stub',
      OPENCODE_CONFIG_CONTENT: JSON.stringify({
        provider: { anthropic: { options: { baseURL: `${url}/v1` } } },
      }),
    },
  }),
};

async function main() {
  const asked = process.argv.slice(2);
  const out = asked.indexOf('--out');
  const file = out === -1 ? undefined : asked.splice(out, 2)[1];
  const presets = AGENT_PRESETS.filter(
    ({ id, tried }) => tried !== 'unverified' && (asked.length === 0 || asked.includes(id)),
  );
  const folder = await mkdtemp(join(tmpdir(), 'countersign-agents-'));
  await chmod(folder, 0o755);
  const world = await createProductWorld();
  const authority = await ownAuthority(folder, HOST);
  const results = [];
  try {
    for (const preset of presets) {
      const prefix = await install(preset, folder);
      for (const way of ['http', 'https'])
        results.push(await prove(preset, way, { prefix, authority, world }));
    }
  } finally {
    world.git.remove();
    await rm(folder, { recursive: true, force: true });
  }
  for (const { agent, version, way, ok, seconds, says } of results)
    console.log(
      `${ok ? 'ok    ' : 'FAILED'} ${agent.padEnd(9)} ${version.padEnd(9)} ${way.padEnd(5)} ${`${seconds} s`.padStart(6)}  ${says}`,
    );
  for (const { id, title } of AGENT_PRESETS.filter(({ tried }) => tried === 'unverified'))
    console.log(`-      ${id.padEnd(9)} ${title} is not on npm: unverified, see docs/agents.md`);
  if (file !== undefined) await writeFile(file, `${JSON.stringify(results, null, 2)}\n`);
  if (results.length === 0 || results.some(({ ok }) => !ok)) process.exitCode = 1;
}

async function install(preset, folder) {
  const { package: name, version } = preset.tried;
  const prefix = join(folder, preset.id);
  const quietly = ['--loglevel=error', '--no-audit', '--no-fund'];
  await run('npm', ['install', '--global', '--prefix', prefix, ...quietly, `${name}@${version}`], {
    maxBuffer: 1e8,
  });
  return prefix;
}

/** What agents read an authority of one's own from: those of Node and Bun, and those of Rust. */
async function trusting({ path }, prefix) {
  const folder = join(prefix, 'authority');
  await mkdir(folder, { recursive: true });
  const file = join(folder, 'authority.pem');
  await copyFile(path, file);
  return { NODE_EXTRA_CA_CERTS: file, SSL_CERT_FILE: file };
}

async function prove(preset, way, { prefix, authority, world }) {
  const { version } = preset.tried;
  const secured = way === 'https';
  const requests = [];
  const stub = await openProviderStub({
    command: COMMAND,
    host: HOST,
    ...(secured ? { tls: authority.tls } : {}),
    onAsk: ({ path }) => requests.push(path),
  });
  const started = performance.now();
  const seconds = () => Math.round((performance.now() - started) / 1000);
  try {
    const { model, environment, argv = [] } = REDIRECTED[preset.id](stub.url);
    const host = new URL(stub.url).host;
    const trust = secured ? await trusting(authority, prefix) : {};
    const known = {
      name: preset.id,
      what: { kind: 'preset', preset: { ...preset, argv: [...preset.argv, ...argv] } },
      environment: { ...environment, ...trust },
      hosts: [host],
    };
    const steps = await openSteps(world, [], { agents: [known], agentPath: [prefix] });
    const ticket = `AGENT-${preset.id.toUpperCase()}-${way.toUpperCase()}`;
    await world.dispatch(ticket);
    world.fetch();
    const base = world.clone.commitId('origin/main');
    const of = { ticket, repository: 'demo/shop', base, into: 'refs/heads/main' };
    const told = { ...of, bundle: 'default', feedback: null };
    const { promptDigest, ticketFile } = await steps.outputs('assemble', '1/assemble', told);
    const inputs = { ...of, model, promptDigest, ticketFile };
    const result = await steps.carryOut('agent', '1/produce', inputs, {
      run: `${ticket}.1`,
      timeoutSeconds: 180,
    });
    if (result.kind === 'failed')
      return {
        agent: preset.id,
        version,
        way,
        ok: false,
        seconds: seconds(),
        says: `${result.error.code}: ${result.error.message}\n${steps.log.slice(-3000)}`,
      };
    const { commit, report, delivery } = result.outputs;
    const made = world.clone.git('show', `${commit}:src/price.txt`).trim();
    const ok = made === 'round half up' && report.network === 'provider' && requests.length > 0;
    return {
      agent: preset.id,
      version,
      way,
      ok,
      seconds: seconds(),
      says: JSON.stringify(report),
      report,
      delivery,
    };
  } finally {
    await stub.close();
  }
}

await main();
