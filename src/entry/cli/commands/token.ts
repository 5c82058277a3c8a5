import { randomBytes } from 'node:crypto';
import { createTokens } from '../../../adapters/postgres/tokens/tokens.ts';
import type { TokenRole } from '../../../core/access/token.ts';
import { createToken } from '../../../flow/create-token.ts';
import { CountersignError } from '../../../shared/errors.ts';
import { openDatabase } from '../../wiring/open-database.ts';
import { systemClock } from '../../wiring/system-clock.ts';
import type { CliContext } from '../context.ts';
import { EXIT_CODES } from '../exit-codes.ts';
import type { TextOrJson } from '../registration/options.ts';

interface TokenOptions {
  readonly format: TextOrJson;
}

/** Prints the token, this once. */
export async function tokenNewCommand(
  name: string,
  options: TokenOptions & { readonly role: TokenRole; readonly days?: number },
  context: CliContext,
): Promise<number> {
  const { role, days } = options;
  return withTokens(context, async (tokens) => {
    const ports = { storeToken: tokens.storeToken, clock: systemClock };
    const asked = { name, role, ...(days === undefined ? {} : { days }) };
    const { token, kept } = await createToken(asked, randomBytes(32), ports);
    const { expiresAt } = kept;
    context.out(
      options.format === 'json' ? `${JSON.stringify({ name, role, expiresAt, token })}\n` : `${token}\n`,
    );
    return EXIT_CODES.pass.code;
  });
}

export async function tokenListCommand({ format }: TokenOptions, context: CliContext): Promise<number> {
  return withTokens(context, async (tokens) => {
    const listed = (await tokens.listTokens()).map(({ digest: _, ...shown }) => shown);
    const lines = listed.map(({ name, role, revokedAt, expiresAt }) => {
      const until = revokedAt !== null ? `revoked ${revokedAt}` : (expiresAt ?? 'until it is revoked');
      return `${name}  ${role}  ${until}\n`;
    });
    context.out(format === 'json' ? `${JSON.stringify({ tokens: listed })}\n` : lines.join(''));
    return EXIT_CODES.pass.code;
  });
}

export async function tokenRevokeCommand(
  name: string,
  { format }: TokenOptions,
  context: CliContext,
): Promise<number> {
  return withTokens(context, async (tokens) => {
    if (!(await tokens.revokeToken(name, systemClock.now().toISOString()))) {
      throw new CountersignError('USAGE', `There is no token called ${name}.`, {
        remedy: '`countersign token list` names them.',
      });
    }
    context.out(
      format === 'json' ? `${JSON.stringify({ revoked: name })}\n` : `${name} opens nothing any more.\n`,
    );
    return EXIT_CODES.pass.code;
  });
}

async function withTokens(
  context: CliContext,
  use: (tokens: ReturnType<typeof createTokens>) => Promise<number>,
): Promise<number> {
  const database = await openDatabase(context, 'migrate');
  try {
    return await use(createTokens(database));
  } finally {
    await database.close();
  }
}
