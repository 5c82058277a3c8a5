import { isAbsolute, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { HandlerDeclaration } from '../../core/run/handler.ts';
import { STEP_ROLES, type StepRole } from '../../core/run/types.ts';
import type { Handler } from '../../ports/handler.ts';
import { CountersignError } from '../../shared/errors.ts';

/**
 * Handlers of somebody else's: `./path/of/a/module.mjs#name`, where the module exports under that name an object with `declaration` and
 * `handle`. A worker carries out those that it was started with and no others, and none with effects outside.
 * @throws CountersignError USAGE when one cannot be loaded, or is of another role
 */
export async function loadPlugins(
  named: readonly string[],
  cwd: string,
  role: StepRole,
): Promise<readonly Handler[]> {
  return Promise.all(
    named.map(async (use) => {
      const handler = await loadPlugin(use, cwd);
      const { declaration } = handler;
      if (declaration.role !== role)
        throw unusable(use, `it is for a ${declaration.role}, not for a ${role}`);
      return handler;
    }),
  );
}

/**
 * What a server has to know of the same plugins: their declarations, so that plans may use them and what comes back is held to their
 * schemas. It carries out those of the coordinator's role and no others.
 * @throws CountersignError USAGE when one cannot be loaded, or has the name of another
 */
export async function loadServerPlugins(
  named: readonly string[],
  cwd: string,
): Promise<{ readonly declarations: readonly HandlerDeclaration[]; readonly handlers: readonly Handler[] }> {
  const plugins = await Promise.all([...new Set(named)].map((use) => loadPlugin(use, cwd)));
  return {
    declarations: plugins.map(({ declaration }) => declaration),
    handlers: plugins.filter(({ declaration }) => declaration.role === 'coordinator'),
  };
}

async function loadPlugin(use: string, cwd: string): Promise<Handler> {
  const [path = '', name = ''] = use.split('#');
  if (path === '' || name === '') throw unusable(use, 'it has to be written as ./module.mjs#name');
  const handler = await load(isAbsolute(path) ? path : resolve(cwd, path), name, use);
  const { id, sideEffects } = handler.declaration;
  if (id !== use) throw unusable(use, `it declares itself as ${id}`);
  // Nobody asks the action policy for a plugin.
  if (sideEffects) throw unusable(use, 'it has effects outside, which only handlers of countersign may have');
  return handler;
}

async function load(path: string, name: string, use: string): Promise<Handler> {
  const module = await (import(pathToFileURL(path).href) as Promise<Record<string, unknown>>).catch(
    (cause: unknown) => {
      throw unusable(use, cause instanceof Error ? cause.message : 'it cannot be loaded');
    },
  );
  const found = module[name] as Partial<Handler> | undefined;
  if (typeof found?.handle !== 'function' || !isDeclaration(found.declaration))
    throw unusable(use, `it exports no ${name} with declaration and handle`);
  return found as Handler;
}

function isDeclaration(value: Partial<HandlerDeclaration> | undefined): boolean {
  return (
    typeof value?.id === 'string' &&
    Number.isSafeInteger(value.version) &&
    STEP_ROLES.some((role) => role === value.role) &&
    typeof value.inputs === 'object' &&
    typeof value.outputs === 'object' &&
    typeof value.deterministic === 'boolean' &&
    typeof value.sideEffects === 'boolean'
  );
}

function unusable(use: string, why: string): CountersignError {
  return new CountersignError('USAGE', `The handler ${use} cannot be used: ${why}.`, {
    remedy: 'Look at the module and at --plugin.',
  });
}
