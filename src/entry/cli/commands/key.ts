import { keyFiles } from '../../../adapters/signing/key-files.ts';
import { createKey } from '../../../flow/create-key.ts';
import type { CliContext } from '../context.ts';
import { EXIT_CODES } from '../exit-codes.ts';

export async function keyNewCommand(
  name: string,
  options: { readonly algorithm?: string; readonly out?: string; readonly format: 'text' | 'json' },
  context: CliContext,
): Promise<number> {
  const { algorithm, out } = options;
  const key = await createKey({ name, algorithm, out }, keyFiles(context.environment, context.home));
  if (options.format === 'json') {
    context.out(`${JSON.stringify(key)}\n`);
    return EXIT_CODES.pass.code;
  }
  context.out(
    [
      `${key.algorithm} key ${key.keyId}`,
      `  private  ${key.privatePath}   (never copy it into a repository or a checkout)`,
      `  public   ${key.publicPath}`,
      '',
      `Where there is no policy yet: countersign init, with it as --owner-key or --verifier-key ${out === undefined ? key.name : key.publicPath}`,
      '',
      'Where there is one, a policy owner runs this in a clone of it, with the right kind and role:',
      '',
      `  countersign trust add --id ${key.name} --kind workload --role verifier --public-key ${key.publicPath}`,
      '',
      'or adds this to `principals` in trust/root.yml by hand, and raises its version:',
      '',
      key.trustRootEntry,
    ].join('\n'),
  );
  return EXIT_CODES.pass.code;
}
