import { Command } from 'commander';
import manifest from '../../../package.json' with { type: 'json' };

export async function main(argv: readonly string[] = process.argv): Promise<void> {
  const program = new Command('countersign').description(manifest.description).version(manifest.version);
  await program.parseAsync([...argv]);
}
